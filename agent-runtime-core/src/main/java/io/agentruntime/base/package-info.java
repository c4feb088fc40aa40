/** The root of the library's exceptions. Everything else lives in the package that needs it. */
@NullMarked
package io.agentruntime.base;

import org.jspecify.annotations.NullMarked;
