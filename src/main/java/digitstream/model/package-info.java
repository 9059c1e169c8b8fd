/** Model artifacts and inference. In serving, only this package imports DJL; no DJL type is in its public API. */
@NullMarked
package digitstream.model;

import org.jspecify.annotations.NullMarked;
