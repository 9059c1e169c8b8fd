/** Images to predictions: the classifying topology and its micro-batches. */
@NullMarked
package digitstream.classify;

import org.jspecify.annotations.NullMarked;
