/** An example application that reads documents and answers questions about them. */
@NullMarked
package io.agentruntime.examples.documents;

import org.jspecify.annotations.NullMarked;
