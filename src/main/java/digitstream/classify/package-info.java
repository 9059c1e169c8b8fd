/** The classifying topology: reads images, classifies them in micro-batches, publishes predictions. */
@NullMarked
package digitstream.classify;

import org.jspecify.annotations.NullMarked;
