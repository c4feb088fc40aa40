package io.agentruntime.testkit.provider;

/** Where a reply waits for a gate; the positions are those of {@link Trouble}. */
record Hold(int position, ProviderGate gate) {}
