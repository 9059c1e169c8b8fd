/** A broker and a schema registry as child processes on loopback, for trying things out. */
@NullMarked
package digitstream.local;

import org.jspecify.annotations.NullMarked;
