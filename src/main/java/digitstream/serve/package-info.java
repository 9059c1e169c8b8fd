/** How a serving process is put together, started, watched and stopped. */
@NullMarked
package digitstream.serve;

import org.jspecify.annotations.NullMarked;
