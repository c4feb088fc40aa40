/** The quick start of the README. */
@NullMarked
package io.agentruntime.examples.quickstart;

import org.jspecify.annotations.NullMarked;
