/**
 * A provider of models for tests: {@link io.agentruntime.testkit.provider.ProviderServer}, a real server on the loopback interface
 * that speaks the protocols of OpenAI, Anthropic and Google Gemini, answers or fails as a test tells it, and keeps account of what
 * really happened on the wire. Needs nothing of the library it helps to test, so that it can bear witness.
 */
@NullMarked
package io.agentruntime.testkit.provider;

import org.jspecify.annotations.NullMarked;
