/** Everything that can be set, with its default, and the topics' names. */
@NullMarked
package digitstream.settings;

import org.jspecify.annotations.NullMarked;
