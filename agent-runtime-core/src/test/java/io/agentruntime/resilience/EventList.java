package io.agentruntime.resilience;

import io.agentruntime.resilience.ModelRetry.GiveUp;
import java.time.Duration;
import java.util.List;

/** Writes down what a retry does. */
record EventList(List<String> events) implements ModelRetry.Listener {

    @Override
    public void attemptStarted(int attempt) {
        events.add("started " + attempt);
    }

    @Override
    public void attemptFailed(int attempt, Throwable failure, ModelFailure meaning) {
        events.add("failed " + attempt + " " + meaning.kind());
    }

    @Override
    public void retryScheduled(int attempt, Duration wait) {
        events.add("scheduled " + attempt + " in " + wait);
    }

    @Override
    public void gaveUp(int attempts, GiveUp reason) {
        events.add("gave up " + attempts + " " + reason);
    }

    @Override
    public void succeeded(int attempts) {
        events.add("succeeded " + attempts);
    }
}
