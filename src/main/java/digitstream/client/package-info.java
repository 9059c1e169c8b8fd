/** Kafka clients outside the topologies: they produce images and labels, read results and administer topics. */
@NullMarked
package digitstream.client;

import org.jspecify.annotations.NullMarked;
