/** From digits to a model artifact, and how good it is. */
@NullMarked
package digitstream.training;

import org.jspecify.annotations.NullMarked;
