package digitstream.benchmark;

import digitstream.common.Digits;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.model.ModelException;
import digitstream.model.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * How many images a second a model classifies on one thread, beside the same network built of DJL's blocks: both in one
 * process, round after round in turn, so that what else the machine does meets both.
 */
public final class InferenceBenchmark {
    private static final int ROUNDS = 7;
    private static final long WARM_UP_NANOS = 1_000_000_000;
    private static final long ROUND_NANOS = 400_000_000;

    /**
     * Images a second over the rounds.
     *
     * @param median of the rounds
     * @param lowest of them
     * @param highest of them
     */
    public record Speed(double median, double lowest, double highest) {
        static Speed of(double[] rounds) {
            double[] sorted = rounds.clone();
            Arrays.sort(sorted);
            return new Speed(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
        }
    }

    /**
     * One batch size.
     *
     * @param batch images
     * @param torchScript the artifact, as it is served
     * @param blocks the same network of DJL's blocks
     */
    public record Line(int batch, Speed torchScript, Speed blocks) {
        /** How many times as fast the artifact is. */
        public double ratio() {
            return torchScript.median() / blocks.median();
        }
    }

    private InferenceBenchmark() {}

    /**
     * Measures.
     *
     * @param batches the batch sizes
     * @throws ModelException where the model's card does not name its layers
     */
    public static List<Line> run(LoadedModel model, int... batches) {
        Network network = model.card().network();
        if (network == null) {
            throw new ModelException(
                    "the card of " + model.card().name() + " " + model.card().version()
                            + " does not name the network's layers, so that there is nothing to measure it against");
        }
        List<Line> lines = new ArrayList<>();
        try (Classifier torchScript = model.newClassifier();
                Classifier blocks = new BlockClassifier(network, model.parameters())) {
            for (int batch : batches) {
                lines.add(line(batch, torchScript, blocks));
            }
        }
        return lines;
    }

    private static Line line(int batch, Classifier torchScript, Classifier blocks) {
        Random random = new Random(batch);
        List<byte[]> images = IntStream.range(0, batch)
                .mapToObj(i -> {
                    byte[] image = new byte[Digits.PIXELS];
                    random.nextBytes(image);
                    return image;
                })
                .toList();
        imagesPerSecond(torchScript, images, WARM_UP_NANOS);
        imagesPerSecond(blocks, images, WARM_UP_NANOS);
        double[] ours = new double[ROUNDS];
        double[] theirs = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            ours[round] = imagesPerSecond(torchScript, images, ROUND_NANOS);
            theirs[round] = imagesPerSecond(blocks, images, ROUND_NANOS);
        }
        return new Line(batch, Speed.of(ours), Speed.of(theirs));
    }

    private static double imagesPerSecond(Classifier classifier, List<byte[]> images, long nanos) {
        long start = System.nanoTime();
        long done = 0;
        long passed;
        do {
            classifier.classify(images);
            done += images.size();
            passed = System.nanoTime() - start;
        } while (passed < nanos);
        return done * 1e9 / passed;
    }
}
