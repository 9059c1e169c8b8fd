/** What both topologies are built on: the commit barrier, dead letters, and running a topology. */
@NullMarked
package digitstream.streams;

import org.jspecify.annotations.NullMarked;
