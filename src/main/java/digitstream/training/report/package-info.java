/** The HTML report on a training run or an evaluation. */
@NullMarked
package digitstream.training.report;

import org.jspecify.annotations.NullMarked;
