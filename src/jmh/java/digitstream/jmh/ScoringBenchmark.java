package digitstream.jmh;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.CountChanges;
import digitstream.accuracy.ImageState;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.Role;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;

/** What scoring does with an image's state, from the stored bytes to the bytes that are stored. */
public class ScoringBenchmark extends PerRecord {
    private static final long NOW = 1_790_000_000_000L;

    private final ImageState.Predicted prediction = new ImageState.Predicted(
            new ModelVersion(Records.MODEL, Records.VERSION), 7, 0.991f, NOW, NOW, Role.CHAMPION);
    private final ImageState.Label label = new ImageState.Label(7, NOW + 2_000);
    private final Counts counts = new Counts();
    private final byte[] predicted =
            ImageState.unknown().after(prediction, NOW, counts).toBytes();

    /** The first event of an image. */
    @Benchmark
    public byte[] prediction() {
        return ImageState.unknown().after(prediction, NOW, counts).toBytes();
    }

    /** The second one. */
    @Benchmark
    public byte[] label() {
        return ImageState.fromBytes(predicted).after(label, NOW, counts).toBytes();
    }

    private static final class Counts implements CountChanges {
        private final Map<ModelVersion, Map<Long, AccuracyCounts>> counts = new HashMap<>();
        private LabelOutcomes labels = LabelOutcomes.NONE;

        @Override
        public AccuracyCounts counts(ModelVersion model, long bucketStartMillis) {
            return counts.computeIfAbsent(model, ignored -> new HashMap<>())
                    .computeIfAbsent(bucketStartMillis, ignored -> new AccuracyCounts());
        }

        @Override
        public void labels(LabelOutcomes change) {
            labels = labels.plus(change);
        }
    }
}
