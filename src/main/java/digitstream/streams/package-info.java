/** What both topologies share: the commit barrier, dead letters, and the lifecycle of a running topology. */
@NullMarked
package digitstream.streams;

import org.jspecify.annotations.NullMarked;
