/** Measures throughput and latency beside hand-written programs, and the throughput of inference. */
@NullMarked
package digitstream.benchmark;

import org.jspecify.annotations.NullMarked;
