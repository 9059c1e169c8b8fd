package digitstream.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A layer of a {@link Network}, under the names that PyTorch gives them. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Layer.Convolution.class, name = "Conv2d"),
    @JsonSubTypes.Type(value = Layer.MaxPooling.class, name = "MaxPool2d"),
    @JsonSubTypes.Type(value = Layer.BatchNormalization.class, name = "BatchNorm"),
    @JsonSubTypes.Type(value = Layer.Rectifier.class, name = "ReLU"),
    @JsonSubTypes.Type(value = Layer.Dropout.class, name = "Dropout"),
    @JsonSubTypes.Type(value = Layer.Linear.class, name = "Linear")
})
public sealed interface Layer {

    /** The layer in one line, as it stands in the table. */
    String describe();

    /**
     * A convolution with square filters over all channels.
     *
     * @param filters output channels
     * @param size of a filter's side, pixels
     * @param stride pixels from one position to the next
     * @param padding zeros at each edge, pixels
     * @param bias whether each filter adds a number of its own
     */
    record Convolution(int filters, int size, int stride, int padding, boolean bias) implements Layer {
        public Convolution {
            requirePositive(filters, "Conv2d has filters");
            requirePositive(size, "Conv2d has a size");
            requirePositive(stride, "Conv2d has a stride");
            requirePositive(padding + 1, "Conv2d has one more than its padding");
        }

        @Override
        public String describe() {
            return "Conv2d " + size + "x" + size + ", " + filters + " filters"
                    + (stride == 1 ? "" : ", stride " + stride) + (padding == 0 ? "" : ", padding " + padding);
        }
    }

    /**
     * The largest of each square.
     *
     * @param size of the square's side, pixels
     * @param stride pixels from one square to the next
     */
    record MaxPooling(int size, int stride) implements Layer {
        public MaxPooling {
            requirePositive(size, "MaxPool2d has a size");
            requirePositive(stride, "MaxPool2d has a stride");
        }

        @Override
        public String describe() {
            return "MaxPool2d " + size + "x" + size + ", stride " + stride;
        }
    }

    /** Each channel brought to a learnt mean and variance. */
    record BatchNormalization() implements Layer {
        @Override
        public String describe() {
            return "BatchNorm";
        }
    }

    /** The larger of the number and 0. */
    record Rectifier() implements Layer {
        @Override
        public String describe() {
            return "ReLU";
        }
    }

    /**
     * Numbers left out at random, while training only.
     *
     * @param probability that one is left out
     */
    record Dropout(double probability) implements Layer {
        @Override
        public String describe() {
            return "Dropout " + probability;
        }
    }

    /**
     * A fully connected layer over all numbers of an image.
     *
     * @param units outputs
     * @param bias whether each unit adds a number of its own
     */
    record Linear(int units, boolean bias) implements Layer {
        public Linear {
            requirePositive(units, "Linear has units");
        }

        @Override
        public String describe() {
            return "Linear, " + units + " units";
        }
    }

    private static void requirePositive(int number, String what) {
        if (number < 1) {
            throw new ModelException("a layer " + what + " of " + number + "; give 1 or more");
        }
    }
}
