package digitstream.benchmark;

import digitstream.common.Digits;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.model.ModelCard;
import digitstream.model.ModelException;
import digitstream.model.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Measures the throughput of a model on one thread, and of the same network built from DJL blocks. The rounds of the two
 * alternate in one process, so that other load on the machine affects both.
 */
public final class InferenceBenchmark {
    private static final int ROUNDS = 7;
    private static final long WARM_UP_NANOS = 1_000_000_000;
    private static final long ROUND_NANOS = 400_000_000;

    /**
     * The throughput over all rounds, in images per second.
     */
    public record Speed(double median, double lowest, double highest) {
        static Speed of(double[] rounds) {
            double[] sorted = rounds.clone();
            Arrays.sort(sorted);
            return new Speed(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
        }
    }

    /**
     * The result for one batch size.
     *
     * @param batch images per batch
     * @param torchScript the artifact, as served
     * @param blocks the same network built from DJL blocks
     */
    public record Line(int batch, Speed torchScript, Speed blocks) {
        /** Returns the median throughput of the artifact divided by that of the DJL blocks. */
        public double ratio() {
            return torchScript.median() / blocks.median();
        }
    }

    private InferenceBenchmark() {}

    /**
     * Requires a card that describes the layers, without which there is nothing to compare a model with.
     *
     * @throws ModelException if it does not
     */
    public static Network requireNetwork(ModelCard card) {
        Network network = card.network();
        if (network == null) {
            throw new ModelException("the card of " + card.name() + " " + card.version()
                    + " has no 'network', so there is nothing to compare the model with; add its layers to model.json");
        }
        return network;
    }

    /**
     * Runs the benchmark.
     *
     * @param batches the batch sizes, in images
     * @throws ModelException if the model's card does not describe its layers
     */
    public static List<Line> run(LoadedModel model, int... batches) {
        Network network = requireNetwork(model.card());
        List<Line> lines = new ArrayList<>();
        try (Classifier torchScript = model.newClassifier();
                Classifier blocks = new BlockClassifier(
                        network, model.parameters(), model.card().classOrder())) {
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
        double[] torchScriptRounds = new double[ROUNDS];
        double[] blockRounds = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            torchScriptRounds[round] = imagesPerSecond(torchScript, images, ROUND_NANOS);
            blockRounds[round] = imagesPerSecond(blocks, images, ROUND_NANOS);
        }
        return new Line(batch, Speed.of(torchScriptRounds), Speed.of(blockRounds));
    }

    private static double imagesPerSecond(Classifier classifier, List<byte[]> images, long nanos) {
        long start = System.nanoTime();
        long done = 0;
        long elapsed;
        do {
            classifier.classify(images);
            done += images.size();
            elapsed = System.nanoTime() - start;
        } while (elapsed < nanos);
        return done * 1e9 / elapsed;
    }
}
