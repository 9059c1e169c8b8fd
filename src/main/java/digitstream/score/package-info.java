/** Predictions and labels to accuracy: the scoring topology. */
@NullMarked
package digitstream.score;

import org.jspecify.annotations.NullMarked;
