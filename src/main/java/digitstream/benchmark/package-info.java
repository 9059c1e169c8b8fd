/** Measures the throughput of inference. */
@NullMarked
package digitstream.benchmark;

import org.jspecify.annotations.NullMarked;
