/** What the brokers of a benchmark are loaded with, and how its output is counted from outside. */
@NullMarked
package digitstream.benchmark.load;

import org.jspecify.annotations.NullMarked;
