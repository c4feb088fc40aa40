/**
 * Files as text. Start at {@link io.agentruntime.examples.documents.reading.DocumentFinder}, whose files
 * {@link io.agentruntime.examples.documents.reading.LoadedDocument} reads.
 */
@NullMarked
package io.agentruntime.examples.documents.reading;

import org.jspecify.annotations.NullMarked;
