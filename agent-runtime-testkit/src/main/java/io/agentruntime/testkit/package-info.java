/**
 * Fakes and contract suites for tests, here and in projects that use this library. Time: {@link
 * io.agentruntime.testkit.ManualTicker}, {@link io.agentruntime.testkit.ManualScheduler}; threads: {@link io.agentruntime.testkit.ManualExecutor}; models: {@link
 * io.agentruntime.testkit.ScriptedChatModel} without a network, {@link io.agentruntime.testkit.provider.ProviderServer} with one. The
 * contracts are what every implementation of a store has to pass.
 */
@NullMarked
package io.agentruntime.testkit;

import org.jspecify.annotations.NullMarked;
