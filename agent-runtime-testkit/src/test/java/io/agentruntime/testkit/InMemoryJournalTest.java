package io.agentruntime.testkit;

import io.agentruntime.queue.Journal;

class InMemoryJournalTest extends JournalContract {

    @Override
    protected Journal create() {
        return Journal.inMemory();
    }
}
