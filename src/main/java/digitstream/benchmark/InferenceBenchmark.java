package digitstream.benchmark;

import digitstream.benchmark.programs.ClassifierSpeed;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.model.ModelCard;
import digitstream.model.ModelException;
import digitstream.model.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measures the throughput of a model's methods on one thread, and of the same network built from DJL blocks. Their rounds
 * alternate in one process, so that other load on the machine affects both.
 */
public final class InferenceBenchmark {
    private static final int ROUNDS = 7;
    private static final long WARM_UP_NANOS = 500_000_000;
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
     * @param methods each method of the artifact that returns the probabilities
     * @param served the method that is served, the fastest when the model was loaded
     * @param blocks the same network built from DJL blocks
     */
    public record Line(int batch, Map<String, Speed> methods, String served, Speed blocks) {
        /** Returns the throughput of the artifact, as served. */
        public Speed torchScript() {
            return Objects.requireNonNull(methods.get(served));
        }

        /** Returns the median throughput of the artifact divided by that of the DJL blocks. */
        public double ratio() {
            return torchScript().median() / blocks.median();
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
        List<String> methods = model.methods();
        List<Classifier> classifiers = new ArrayList<>();
        try {
            methods.forEach(method -> classifiers.add(model.newClassifier(method)));
            classifiers.add(new BlockClassifier(
                    network, model.parameters(), model.card().classOrder()));
            List<Line> lines = new ArrayList<>();
            for (int batch : batches) {
                List<Speed> speeds = speeds(batch, classifiers);
                Map<String, Speed> ofMethods = new LinkedHashMap<>();
                for (int i = 0; i < methods.size(); i++) {
                    ofMethods.put(methods.get(i), speeds.get(i));
                }
                lines.add(new Line(batch, ofMethods, model.method(), speeds.get(methods.size())));
            }
            return lines;
        } finally {
            classifiers.forEach(Classifier::close);
        }
    }

    /** Measures each classifier; their rounds alternate. */
    private static List<Speed> speeds(int batch, List<Classifier> classifiers) {
        List<byte[]> images = ClassifierSpeed.randomImages(batch);
        classifiers.forEach(classifier -> ClassifierSpeed.imagesPerSecond(classifier, images, WARM_UP_NANOS));
        double[][] rounds = new double[classifiers.size()][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < rounds.length; i++) {
                rounds[i][round] = ClassifierSpeed.imagesPerSecond(classifiers.get(i), images, ROUND_NANOS);
            }
        }
        return Arrays.stream(rounds).map(Speed::of).toList();
    }
}
