/** Metrics, liveness and readiness of a process, over HTTP. */
@NullMarked
package digitstream.monitoring;

import org.jspecify.annotations.NullMarked;
