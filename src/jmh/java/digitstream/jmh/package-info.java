/**
 * Microbenchmarks of what is done for each record, by JMH. The Maven profile {@code jmh} builds them into
 * {@code target/jmh/benchmarks.jar}. Every figure is per record, also where a call handles a batch.
 */
@NullMarked
package digitstream.jmh;

import org.jspecify.annotations.NullMarked;
