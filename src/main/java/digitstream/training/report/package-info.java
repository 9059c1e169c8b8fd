/** The HTML report of a training or an evaluation. */
@NullMarked
package digitstream.training.report;

import org.jspecify.annotations.NullMarked;
