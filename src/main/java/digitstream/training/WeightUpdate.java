package digitstream.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * Updates a network's weights with SGD or AdamW, using the engine's own kernels. DJL's optimisers do the same but hide their
 * moments, so that training could not be resumed exactly.
 */
final class WeightUpdate {
    private static final float BETA_1 = 0.9f;
    private static final float BETA_2 = 0.99f;
    private static final float EPSILON = 1e-8f;
    private static final float NO_RESCALING = 1;
    private static final float NO_CLIPPING = -1;

    private final TrainingSettings settings;
    private final List<Parameter> parameters;
    private final NDManager manager;
    /** Mean and variance of each parameter's gradients, alternating; empty for SGD. */
    private NDList moments = new NDList();

    /** Creates an update; the caller owns the parameters and the manager. */
    WeightUpdate(TrainingSettings settings, List<Parameter> parameters, NDManager manager) {
        this.settings = settings;
        this.parameters = new ArrayList<>(parameters);
        this.manager = manager;
        if (settings.optimiser() == TrainingSettings.Optimiser.ADAMW) {
            for (Parameter parameter : parameters) {
                for (String moment : new String[] {"mean", "variance"}) {
                    NDArray zeros = manager.zeros(parameter.getArray().getShape());
                    zeros.setName(moment + "." + parameter.getName());
                    moments.add(zeros);
                }
            }
        }
    }

    /**
     * Updates the weights and zeroes their gradients.
     *
     * @param step 0 for the first
     * @param steps of the whole training
     */
    void apply(long step, long steps) {
        float rate = (float) settings.learningRate(step, steps);
        for (int i = 0; i < parameters.size(); i++) {
            NDArray weight = parameters.get(i).getArray();
            float decay = weight.getShape().dimension() > 1 ? (float) settings.weightDecay() : 0;
            try (NDArray gradient = weight.getGradient()) {
                if (moments.isEmpty()) {
                    weight.getNDArrayInternal()
                            .sgdUpdate(
                                    new NDList(weight, gradient),
                                    new NDList(weight),
                                    rate,
                                    decay,
                                    NO_RESCALING,
                                    NO_CLIPPING,
                                    0,
                                    false);
                } else {
                    double count = step + 1.0;
                    double correction = Math.sqrt(1 - Math.pow(BETA_2, count)) / (1 - Math.pow(BETA_1, count));
                    weight.getNDArrayInternal()
                            .adamUpdate(
                                    new NDList(weight, gradient, moments.get(2 * i), moments.get(2 * i + 1)),
                                    new NDList(weight),
                                    rate,
                                    (float) (rate * correction),
                                    decay,
                                    NO_RESCALING,
                                    NO_CLIPPING,
                                    BETA_1,
                                    BETA_2,
                                    EPSILON,
                                    false,
                                    true);
                }
            }
        }
    }

    /** Encodes the state for {@link #restore}. */
    byte[] state() {
        return moments.encode();
    }

    /** Restores a state from {@link #state}. */
    void restore(byte[] state) {
        moments.close();
        moments = NDList.decode(manager, state);
    }
}
