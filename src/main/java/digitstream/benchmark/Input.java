package digitstream.benchmark;

/**
 * What a row reads.
 *
 * @param topic of the images
 * @param partitions of that topic, and of the topic of predictions
 * @param images in that topic
 */
record Input(String topic, int partitions, int images) {}
