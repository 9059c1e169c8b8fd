/**
 * What the benchmark compares the serving process with: the programs that a user would write without digitstream. Each is a main
 * class of its own, runs in a process of its own, prints {@code Ready} when it consumes, and runs until SIGTERM.
 */
@NullMarked
package digitstream.benchmark.programs;

import org.jspecify.annotations.NullMarked;
