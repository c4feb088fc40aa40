package io.agentruntime.executor;

/** Which tasks are measured: the first thousand all, then one in eight, for the clock costs as much as a short task. */
final class Sampling {

    private static final int ALL = 1_024;
    private static final int ONE_IN = 8;

    private Sampling() {}

    static boolean takes(long count) {
        return count <= ALL || count % ONE_IN == 0;
    }
}
