/** Judges a stream: rules over what was observed, with their bounds from the settings. The page and {@code status} say the same. */
@NullMarked
package digitstream.verdict;

import org.jspecify.annotations.NullMarked;
