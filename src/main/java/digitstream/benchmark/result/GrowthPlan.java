package digitstream.benchmark.result;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a measurement of growth measures. Each point is measured once.
 *
 * @param quick whether it only shows that everything works and is exact
 * @param series the ids of the series to measure
 * @param images in the backlog of each point
 * @param partitions the numbers of partitions, at {@code partitionsPerSecond} images a second for the latency
 * @param batches the values of {@code batch.max.size}, at {@code batchesPerSecond} images a second for the latency
 * @param marks the counts of images up to which throughput is taken in one long run
 * @param minutes the times of traffic that scoring has in its state, at {@code statePerSecond} images a second
 * @param phase how long images arrive for one latency, after as long a warm-up
 */
public record GrowthPlan(
        boolean quick,
        List<String> series,
        int images,
        List<Integer> partitions,
        int partitionsPerSecond,
        List<Integer> batches,
        int batchesPerSecond,
        List<Integer> marks,
        List<Integer> minutes,
        int statePerSecond,
        Duration phase) {
    public static final String PARTITIONS = "partitions";
    public static final String BATCHES = "batches";
    public static final String RECORDS = "records";
    public static final String STATE = "state";

    /** The ids of all series, in the order of the result. */
    public static final List<String> SERIES = List.of(PARTITIONS, BATCHES, RECORDS, STATE);

    /** Batches below this size have fewer images, because they are much slower than the rest. */
    private static final int SLOW_BELOW = 16;

    private static final int FEWER = 10;

    /** An image, a prediction and what Kafka adds, rounded up from what was measured. */
    private static final long BYTES_PER_IMAGE = 1_200;

    /** A prediction, its label, their state and its changelog, rounded up, with room for a compaction of the state. */
    private static final long BYTES_PER_STATE = 600;

    public GrowthPlan {
        series = List.copyOf(series);
        partitions = List.copyOf(partitions);
        batches = List.copyOf(batches);
        marks = List.copyOf(marks);
        minutes = List.copyOf(minutes);
    }

    /** Returns the plan of figures that mean something. */
    public static GrowthPlan full(List<String> series, int images) {
        return new GrowthPlan(
                false,
                series,
                images,
                List.of(1, 2, 4, 8, 16, 32),
                8_000,
                List.of(1, 4, 16, 64, 256, 1_024),
                2_000,
                List.of(1_000_000, 2_000_000, 5_000_000, 10_000_000),
                List.of(1, 10, 60),
                5_000,
                Duration.ofSeconds(15));
    }

    /** Returns a plan with little of everything. */
    public static GrowthPlan quick(List<String> series, int images) {
        return new GrowthPlan(
                true,
                series,
                images,
                List.of(8),
                500,
                List.of(4),
                500,
                List.of(images, 2 * images, 4 * images),
                List.of(1),
                50,
                Duration.ofSeconds(2));
    }

    public boolean has(String id) {
        return series.contains(id);
    }

    /** Returns how many images a point of the series of batches has. */
    public int imagesOf(int batch) {
        return batch < SLOW_BELOW ? Math.max(1, images / FEWER) : images;
    }

    /**
     * Returns how much room the brokers and the state need on the disk at most, in bytes. Brokers free the room of a deleted topic
     * a minute later, so what the series have is added up.
     */
    public long bytesNeeded() {
        Stream<Long> images = SERIES.stream().filter(this::has).map(this::imagesProduced);
        long states = has(STATE) ? minutes.stream().mapToLong(this::states).sum() : 0;
        return BYTES_PER_IMAGE * images.collect(Collectors.summingLong(Long::longValue)) + BYTES_PER_STATE * states;
    }

    private long imagesProduced(String id) {
        return switch (id) {
            case PARTITIONS -> (long) partitions.size() * (images + latencyImages(partitionsPerSecond));
            case BATCHES -> 2L * images + (long) batches.size() * latencyImages(batchesPerSecond);
            case RECORDS -> marks.get(marks.size() - 1);
            default -> 0;
        };
    }

    private long latencyImages(int perSecond) {
        return 2 * phase.toSeconds() * perSecond;
    }

    private long states(int ofMinutes) {
        return Duration.ofMinutes(ofMinutes).toSeconds() * statePerSecond;
    }
}
