/** What stands outside the topologies and speaks to them through topics: produces images and labels, follows what comes out. */
@NullMarked
package digitstream.client;

import org.jspecify.annotations.NullMarked;
