/** Small things that several packages need. Imports nothing of this project. */
@NullMarked
package digitstream.common;

import org.jspecify.annotations.NullMarked;
