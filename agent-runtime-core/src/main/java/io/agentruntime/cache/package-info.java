/**
 * Results that are kept because they were expensive. Start at {@link io.agentruntime.cache.ContentCache}: what was derived from a
 * document is served again only as long as the document is unchanged.
 */
@NullMarked
package io.agentruntime.cache;

import org.jspecify.annotations.NullMarked;
