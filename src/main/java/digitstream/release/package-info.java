/** Releases of model versions: what {@code digits.models} says, and how their artifacts are fetched. */
@NullMarked
package digitstream.release;

import org.jspecify.annotations.NullMarked;
