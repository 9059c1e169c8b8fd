/** Assembles, starts, monitors and stops a serving process. */
@NullMarked
package digitstream.serve;

import org.jspecify.annotations.NullMarked;
