/** Trains models on digits, evaluates them and writes them as artifacts. */
@NullMarked
package digitstream.training;

import org.jspecify.annotations.NullMarked;
