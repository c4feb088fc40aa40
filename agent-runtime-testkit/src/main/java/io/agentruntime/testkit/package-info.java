/**
 * Fakes and contract suites for tests, here and in projects that use this library. Time: {@link io.agentruntime.testkit.ManualTicker}
 * and {@link io.agentruntime.testkit.ManualScheduler}; threads: {@link io.agentruntime.testkit.ManualExecutor}; models: {@link
 * io.agentruntime.testkit.ScriptedChatModel} and {@link io.agentruntime.testkit.ScriptedStreamingChatModel} without a network,
 * {@link io.agentruntime.testkit.provider.ProviderServer} with one. The contracts are what every implementation of a store, and every
 * decorator of a model, has to pass.
 */
@NullMarked
package io.agentruntime.testkit;

import org.jspecify.annotations.NullMarked;
