/**
 * What becomes of predictions and labels, and the figures that are made of it: arithmetic without Kafka.
 *
 * <pre>
 *   prediction --+                    +--> AccuracyCounts (by model version and time bucket; additive) --> figures
 *                +--> ImageState -----+
 *   label -------+   (one an image)   +--> LabelOutcomes (of the whole stream; additive)
 * </pre>
 */
@NullMarked
package digitstream.accuracy;

import org.jspecify.annotations.NullMarked;
