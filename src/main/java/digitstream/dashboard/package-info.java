/**
 * The dashboard. All its state comes from Kafka, so it can run anywhere, be restarted at any time, and run in several
 * instances.
 *
 * <pre>
 *   digits.models --------> Releases ---------+
 *   digits.accuracy ------> AccuracyHistory --+
 *   digits.predictions -+-> Traffic ----------+--> State, once a second --> each open page
 *         (a sample)    +-> Mistakes ---------+
 *   digits.labels ------+                     |
 *   offsets, lag ---------> LagWatch ---------+
 *
 *   a drawn digit --> digits.images; its prediction comes back from digits.predictions
 * </pre>
 */
@NullMarked
package digitstream.dashboard;

import org.jspecify.annotations.NullMarked;
