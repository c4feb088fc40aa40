package io.agentruntime.cache;

/** What makes the values of a cache. */
interface Source<K, V> {

    /** Makes the value of a flight, now or later, and tells it so. */
    void compute(Flight<K, V> flight);

    /** A flight may begin with this source: it will either be computed or spared. */
    default void expected() {}

    /** Whether it makes values for one key at a time, and so at once. */
    default boolean isForOneKey() {
        return false;
    }

    /** The flight has ended, or was another one's, without this source. */
    default void spared() {}

    /** A computation for one key. */
    record Single<K, V>(TieredCache.Loader<? super K, ? extends V> loader) implements Source<K, V> {

        @Override
        public boolean isForOneKey() {
            return true;
        }

        @Override
        public void compute(Flight<K, V> flight) {
            V value;
            try {
                value = loader.load(flight.key);
            } catch (Throwable e) {
                flight.failed(e);
                return;
            }
            flight.computed(value);
        }
    }
}
