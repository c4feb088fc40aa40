/**
 * Results that are kept because they were expensive. Start at {@link io.agentruntime.cache.TieredCache}: memory, lower tiers, then one
 * computation however many ask. {@link io.agentruntime.cache.ContentCache} keeps what was derived from a document as long as the
 * document is unchanged, {@link io.agentruntime.cache.FileCache} what was read from a file; {@link io.agentruntime.cache.Caches} has
 * builders for the caches of an agent runtime.
 */
@NullMarked
package io.agentruntime.cache;

import org.jspecify.annotations.NullMarked;
