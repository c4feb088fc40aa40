package io.agentruntime.cache;

import java.time.Instant;

/**
 * A content and where it came from. As immutable and thread-safe as its value.
 *
 * @param <T> the type of the content
 * @param value the content
 * @param cached true if it was read from the cache, false if it was just computed
 * @param storedAt when it was computed
 */
public record Content<T>(T value, boolean cached, Instant storedAt) {}
