/** Runs a broker, a schema registry and a serving process as child processes on loopback, for local use. */
@NullMarked
package digitstream.local;

import org.jspecify.annotations.NullMarked;
