/** The main job end to end on one machine, watched and counted from outside. */
@NullMarked
package digitstream.demo;

import org.jspecify.annotations.NullMarked;
