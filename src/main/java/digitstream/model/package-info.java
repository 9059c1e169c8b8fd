/** The model's artifact and what runs it; the only package that imports DJL at run time, and nothing of DJL leaves it. */
@NullMarked
package digitstream.model;

import org.jspecify.annotations.NullMarked;
