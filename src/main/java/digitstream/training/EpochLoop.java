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
 * The hot loop of training. Everything is on the device; a step brings its indices there, and an epoch brings its loss back.
 * The order of an epoch's images and their augmentation follow from the seed and the epoch's number, so that it does not
 * matter whether the epochs before were run by the same process. The engine's random numbers belong to the process: one
 * training at a time, or neither can be repeated.
 */
final class EpochLoop {
    private static final int VALIDATION_BATCH = 1_000;
    private static final float SMALLEST = 1e-12f;

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
     * @return empty where the listener wanted a stop; the weights are then those of the middle of an epoch
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
                        // Each member of a committee gives logits, and learns the same labels.
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

    /** Mean cross-entropy, and accuracy. */
    private double[] validate(DeviceImages images) {
        try (NDManager sums = network.manager().newSubManager()) {
            NDArray lossSum = sums.zeros(new Shape());
            NDArray correct = sums.zeros(new Shape(), DataType.INT64);
            for (int from = 0; from < images.size(); from += VALIDATION_BATCH) {
                try (NDManager arrays = sums.newSubManager()) {
                    DeviceImages batch = images.slice(from, Math.min(images.size(), from + VALIDATION_BATCH), arrays);
                    NDArray probabilities = network.forward(batch.pixels(), arrays, false);
                    NDArray ofActual = probabilities
                            .gather(batch.labels().expandDims(1), 1)
                            .add(SMALLEST);
                    lossSum.subi(ofActual.log().sum());
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
