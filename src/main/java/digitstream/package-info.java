/**
 * Streaming image classification on Apache Kafka: classifies the digit images of a topic with a CNN and publishes the model's
 * rolling accuracy.
 *
 * <pre>
 *   digits.images --> decode --> micro-batch --> infer --> digits.predictions --+
 *                       |                          |                            +--> score --> digits.accuracy
 *                       |                          |       digits.labels -------+      |   `-> digits.comparisons
 *                       |                          |                            |      |
 *                       |                          |    digits.challenger.predictions  |
 *                       v                          v                                   v
 *                   digits.dead-letters: records that cannot be processed, unchanged, with the reason
 *
 *   digits.models: the model of each start of the classifying topology
 *   dashboard:     reads digits.predictions, digits.accuracy, digits.labels and digits.models
 * </pre>
 *
 * <p>The packages, from the entry point to the foundations:
 *
 * <ul>
 *   <li>{@code cli}: the commands, one class each; reads flags, files and the environment.
 *   <li>{@code demo}: runs the whole pipeline on one machine and counts its results.
 *   <li>{@code benchmark}: measures throughput and latency, with its table and page in {@code benchmark.report}.
 *   <li>{@code dashboard}: the web page with accuracy, traffic and mistakes, read from Kafka.
 *   <li>{@code serve}: assembles, starts, monitors and stops a serving process.
 *   <li>{@code classify}: the classifying topology, from images to predictions.
 *   <li>{@code score}: the scoring topology, from predictions and labels to rolling accuracy.
 *   <li>{@code streams}: what both topologies share: commit barrier, dead letters, lifecycle.
 *   <li>{@code client}: producers, consumers and topic administration outside the topologies.
 *   <li>{@code training}: trains and evaluates models; {@code training.report} writes the HTML report.
 *   <li>{@code model}: the model artifact and inference on it.
 *   <li>{@code accuracy}: accuracy arithmetic, without Kafka.
 *   <li>{@code challenge}: compares two versions with figures that are valid at any time, without Kafka.
 *   <li>{@code data}: readers of digit images: IDX, MATLAB and image files, the MNIST download, generated digits.
 *   <li>{@code serde}: Avro in the Confluent wire format, and the schema registry client.
 *   <li>{@code settings}: all settings, with defaults and validation.
 *   <li>{@code monitoring}: metrics and health checks over HTTP.
 *   <li>{@code local}: a broker, a schema registry and serving processes as child processes, for trials and tests.
 *   <li>{@code common}: constants and helpers for digits, used by most packages.
 *   <li>{@code avro}: the Avro classes, generated from the schemas in the {@code avro} folder.
 * </ul>
 */
@NullMarked
package digitstream;

import org.jspecify.annotations.NullMarked;
