/** Decodes pictures of any size, colour and orientation to upright grey ones, in bounded memory. */
@NullMarked
package digitstream.data.pictures;

import org.jspecify.annotations.NullMarked;
