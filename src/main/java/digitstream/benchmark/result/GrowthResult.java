package digitstream.benchmark.result;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How cost grows.
 *
 * @param startedAt when the measurement started
 * @param seconds that it took
 * @param machine what it ran on
 * @param partitions by the number of partitions; empty if not asked for, as the others
 * @param batches by the size of a batch
 * @param records by the number of images
 * @param bytes that a record takes, absent if no image was classified
 * @param states by the time of traffic
 */
public record GrowthResult(
        Instant startedAt,
        double seconds,
        Machine machine,
        GrowthPlan plan,
        List<GrowthPoint> partitions,
        List<GrowthPoint> batches,
        List<GrowthPoint> records,
        Optional<Bytes> bytes,
        List<StateOutcome> states) {
    public GrowthResult {
        partitions = List.copyOf(partitions);
        batches = List.copyOf(batches);
        records = List.copyOf(records);
        states = List.copyOf(states);
    }

    /**
     * The bytes of a record in the brokers' logs, on average and of one replica.
     *
     * @param image uncompressed
     * @param prediction as {@code serve} compresses it
     */
    public record Bytes(double image, double prediction) {}

    /** Returns whether every point has its figures. */
    public boolean isSound() {
        return Stream.of(partitions, batches, records)
                        .flatMap(List::stream)
                        .flatMap(GrowthPoint::problems)
                        .findAny()
                        .isEmpty()
                && states.stream().allMatch(state -> state.problem().isEmpty());
    }
}
