/** What a benchmark is to measure, and what it gave: values only. */
@NullMarked
package digitstream.benchmark.result;

import org.jspecify.annotations.NullMarked;
