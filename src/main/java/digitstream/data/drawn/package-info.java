/** Draws digits as people write them, at random. */
@NullMarked
package digitstream.data.drawn;

import org.jspecify.annotations.NullMarked;
