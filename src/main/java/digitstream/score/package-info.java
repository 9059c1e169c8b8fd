/** The scoring topology: reads predictions and labels, publishes rolling accuracy. */
@NullMarked
package digitstream.score;

import org.jspecify.annotations.NullMarked;
