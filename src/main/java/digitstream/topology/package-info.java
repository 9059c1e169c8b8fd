/** The two topologies and the topics between them: the only Kafka Streams code. */
@NullMarked
package digitstream.topology;

import org.jspecify.annotations.NullMarked;
