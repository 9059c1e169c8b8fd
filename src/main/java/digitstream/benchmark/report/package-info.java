/** A benchmark's result as text, as JSON, and as a page with plots. */
@NullMarked
package digitstream.benchmark.report;

import org.jspecify.annotations.NullMarked;
