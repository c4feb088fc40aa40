package io.agentruntime.chat;

/** Something under way that can be given up, from any thread, any number of times, and without waiting. */
interface Cancellable {

    void cancel();
}
