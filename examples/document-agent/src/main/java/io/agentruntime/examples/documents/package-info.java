/**
 * An example application that reads documents and answers questions about them. Start at {@link
 * io.agentruntime.examples.documents.DocumentAgent}. This package sees the other four, and none of them sees it.
 */
@NullMarked
package io.agentruntime.examples.documents;

import org.jspecify.annotations.NullMarked;
