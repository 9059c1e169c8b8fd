/** How a process tells of itself: its metrics, and whether it lives and is ready, over HTTP. */
@NullMarked
package digitstream.monitoring;

import org.jspecify.annotations.NullMarked;
