/**
 * The classification of images as an Apache Flink job, for comparison. Not part of the distribution: the Maven profile
 * {@code flink} builds it into {@code target/flink}.
 *
 * <pre>
 * one task per thread: KafkaSource -> ClassifyOperator (decode, batch, infer, encode) -> KafkaSink, chained
 * </pre>
 */
@NullMarked
package digitstream.flink;

import org.jspecify.annotations.NullMarked;
