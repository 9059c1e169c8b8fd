/**
 * The page that people watch. All it knows it has read from Kafka, so that it can run anywhere, be restarted at will, and
 * run more than once.
 *
 * <pre>
 *   digits.models --------> Releases ---------+
 *   digits.accuracy ------> AccuracyHistory --+
 *   digits.predictions -+-> Traffic ----------+--> State, once a second --> each open page
 *         (a sample)    +-> Mistakes ---------+
 *   digits.labels ------+                     |
 *   offsets, lag ---------> LagWatch ---------+
 *
 *   a drawn digit --> digits.images, and its prediction back from digits.predictions
 * </pre>
 */
@NullMarked
package digitstream.dashboard;

import org.jspecify.annotations.NullMarked;
