/** One class a command; flags, files and the environment are read here only. */
@NullMarked
package digitstream.cli;

import org.jspecify.annotations.NullMarked;
