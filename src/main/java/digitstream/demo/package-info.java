/** Runs the whole pipeline on one machine, and counts its results from outside. */
@NullMarked
package digitstream.demo;

import org.jspecify.annotations.NullMarked;
