package digitstream.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hot loop of training. All data stays on the device: a step transfers its indices there, and an epoch transfers its
 * figures back. The order of an epoch's images and their augmentation depend only on the seed and the epoch's number, so
 * that a resumed training gives the same result. The engine's random number generator is global to the process: two
 * trainings at once are not reproducible.
 */
final class EpochLoop {
    private static final int VALIDATION_BATCH = 1_000;
    private static final float LOG_EPSILON = 1e-12f;

    private final TrainingSettings settings;
    private final TrainingListener listener;
    private final TrainableNetwork network;
    private final Augmenter augmenter;
    private final WeightUpdate update;
    private final DeviceImages training;
    private final Optional<DeviceImages> validation;
    private final Engine engine = Engine.getEngine("PyTorch");
    private final Loss loss = Loss.softmaxCrossEntropyLoss();

    EpochLoop(
            TrainingSettings settings,
            TrainingListener listener,
            TrainableNetwork network,
            Augmenter augmenter,
            WeightUpdate update,
            DividedImages images) {
        this.settings = settings;
        this.listener = listener;
        this.network = network;
        this.augmenter = augmenter;
        this.update = update;
        this.training = DeviceImages.of(images.training(), network.manager());
        this.validation = images.validation().map(held -> DeviceImages.of(held, network.manager()));
    }

    /**
     * Runs an epoch.
     *
     * @param epoch 1 for the first
     * @return empty if the listener stopped the training; the weights are then from the middle of the epoch
     */
    Optional<EpochResult> run(int epoch) {
        long start = System.nanoTime();
        long seed = settings.seed() * 1_000_003 + epoch;
        int[] order = DividedImages.shuffled(training.size(), seed);
        engine.setRandomSeed((int) seed);
        int members = settings.architecture().network().members();
        int stepsPerEpoch = (order.length + settings.batchSize() - 1) / settings.batchSize();
        long steps = (long) settings.epochs() * stepsPerEpoch;
        long step = (long) (epoch - 1) * stepsPerEpoch;
        try (NDManager sums = network.manager().newSubManager()) {
            NDArray lossSum = sums.zeros(new Shape());
            NDArray totalLoss = sums.zeros(new Shape());
            NDArray correct = sums.zeros(new Shape(), DataType.INT64);
            for (int from = 0; from < order.length; from += settings.batchSize()) {
                if (listener.wantsStop()) {
                    return Optional.empty();
                }
                int to = Math.min(order.length, from + settings.batchSize());
                try (NDManager arrays = sums.newSubManager()) {
                    DeviceImages batch = training.select(Arrays.copyOfRange(order, from, to), arrays);
                    NDArray images = augmenter.apply(batch.pixels(), arrays);
                    NDArray mean;
                    try (GradientCollector gradients = engine.newGradientCollector()) {
                        NDArray logits = network.forward(images, arrays, true);
                        // Each member of an ensemble returns its own logits and is trained on the same labels.
                        NDArray expected = batch.labels().tile(logits.getShape().get(0) / batch.size());
                        NDArray differentiable = loss.evaluate(new NDList(expected), new NDList(logits));
                        gradients.backward(differentiable);
                        mean = differentiable.stopGradient();
                        correct.addi(hits(logits.stopGradient(), expected));
                    }
                    lossSum.addi(mean.mul(to - from));
                    totalLoss.addi(mean);
                    update.apply(step++, steps);
                }
                listener.progress(epoch, settings.epochs(), to, order.length);
            }
            float[] sum = {lossSum.getFloat(), totalLoss.getFloat()};
            double seconds = (System.nanoTime() - start) / 1e9;
            double @Nullable [] held = validation.map(this::validate).orElse(null);
            return Optional.of(new EpochResult(
                    epoch,
                    sum[0] / order.length,
                    sum[1],
                    (double) correct.getLong() / order.length / members,
                    held == null ? null : held[0],
                    held == null ? null : held[1],
                    validation.map(DeviceImages::size).orElse(0),
                    order.length / seconds));
        }
    }

    /** Returns mean cross-entropy in nats, and accuracy. */
    private double[] validate(DeviceImages images) {
        try (NDManager sums = network.manager().newSubManager()) {
            NDArray lossSum = sums.zeros(new Shape());
            NDArray correct = sums.zeros(new Shape(), DataType.INT64);
            for (int from = 0; from < images.size(); from += VALIDATION_BATCH) {
                try (NDManager arrays = sums.newSubManager()) {
                    DeviceImages batch = images.slice(from, Math.min(images.size(), from + VALIDATION_BATCH), arrays);
                    NDArray probabilities = network.forward(batch.pixels(), arrays, false);
                    NDArray actualProbability = probabilities
                            .gather(batch.labels().expandDims(1), 1)
                            .add(LOG_EPSILON);
                    lossSum.subi(actualProbability.log().sum());
                    correct.addi(hits(probabilities, batch.labels()));
                }
            }
            return new double[] {lossSum.getFloat() / images.size(), (double) correct.getLong() / images.size()};
        }
    }

    private static NDArray hits(NDArray scores, NDArray labels) {
        return scores.argMax(1).eq(labels).toType(DataType.INT64, false).sum();
    }
}
