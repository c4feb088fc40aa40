/** What it costs to call a model through the decorators, and that streams do not hold each other up. */
@NullMarked
package io.agentruntime.benchmarks.chat;

import org.jspecify.annotations.NullMarked;
