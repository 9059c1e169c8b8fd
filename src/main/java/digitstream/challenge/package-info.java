/**
 * Compares a champion with a challenger on the same labelled images, without Kafka, and decides by policies. All figures are
 * valid at any time, so that somebody may look after each label and decide at the first look that suffices.
 *
 * <pre>
 *   label and two predictions --> PairCounts (additive) --> Comparison --> PromotionPolicy --+
 *                                                                                            +--> Decision
 *   images, refused, correct ---> ServingCounts (additive) --------------> RollbackPolicy ---+
 * </pre>
 *
 * <p>Everything is a function of counts. The order in which labels arrive does not matter, a correction is a subtraction and
 * an addition, and every instance that has read the same counts has the same figures.
 */
@NullMarked
package digitstream.challenge;

import org.jspecify.annotations.NullMarked;
