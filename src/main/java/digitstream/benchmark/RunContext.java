package digitstream.benchmark;

import digitstream.benchmark.load.Cluster;
import java.nio.file.Path;

/**
 * What a program needs to know for one run.
 *
 * @param name of the run: its consumer group or application id
 * @param images the topic to read
 * @param predictions the topic of predictions, to write or, for scoring alone, to read
 * @param model the folder of the model
 * @param state a folder of this run alone
 */
record RunContext(Cluster cluster, String name, String images, String predictions, Path model, Path state) {}
