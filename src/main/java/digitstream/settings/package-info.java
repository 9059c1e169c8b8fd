/** The settings of digitstream, with their defaults and validation, and the names of the topics. */
@NullMarked
package digitstream.settings;

import org.jspecify.annotations.NullMarked;
