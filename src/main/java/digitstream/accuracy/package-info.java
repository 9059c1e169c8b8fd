/**
 * Accuracy arithmetic, without Kafka: matches predictions with labels and computes the accuracy figures.
 *
 * <pre>
 *   prediction --+                         +--> AccuracyCounts (per model version and time bucket) --> figures
 *                +--> ImageState ----------+
 *   label -------+    (one per image)      +--> LabelOutcomes (all labels)
 * </pre>
 *
 * <p>Both kinds of counts are additive, so that partitions and time buckets are summed in any order.
 */
@NullMarked
package digitstream.accuracy;

import org.jspecify.annotations.NullMarked;
