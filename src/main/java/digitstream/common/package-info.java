/** Small utilities shared by several packages. Imports no other package of this project. */
@NullMarked
package digitstream.common;

import org.jspecify.annotations.NullMarked;
