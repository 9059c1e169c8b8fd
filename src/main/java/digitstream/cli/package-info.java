/** The command line, with one class per command. Only this package reads options, option files and the environment. */
@NullMarked
package digitstream.cli;

import org.jspecify.annotations.NullMarked;
