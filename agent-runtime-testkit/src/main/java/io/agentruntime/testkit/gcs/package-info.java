/**
 * Google Cloud Storage for tests: {@link io.agentruntime.testkit.gcs.GcsServer}, a real server on the loopback interface that speaks the JSON
 * API, with generations and preconditions, answers or fails as a test tells it, and counts what was asked. Needs nothing of the library
 * it helps to test.
 */
@NullMarked
package io.agentruntime.testkit.gcs;

import org.jspecify.annotations.NullMarked;
