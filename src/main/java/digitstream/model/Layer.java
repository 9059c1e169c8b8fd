package digitstream.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A layer of a {@link Network}. The JSON type names are PyTorch's. */
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

    /** Describes the layer in one line, as shown in the table of layers. */
    String describe();

    /**
     * A 2D convolution with square filters over all channels.
     *
     * @param filters output channels
     * @param size side length of a filter, in pixels
     * @param stride in pixels
     * @param padding zero padding at each edge, in pixels
     * @param bias whether each filter has a bias
     */
    record Convolution(int filters, int size, int stride, int padding, boolean bias) implements Layer {
        public Convolution {
            requireAtLeast(1, filters, "Conv2d: filters");
            requireAtLeast(1, size, "Conv2d: size");
            requireAtLeast(1, stride, "Conv2d: stride");
            requireAtLeast(0, padding, "Conv2d: padding");
        }

        @Override
        public String describe() {
            return "Conv2d " + size + "x" + size + ", " + filters + " filters"
                    + (stride == 1 ? "" : ", stride " + stride) + (padding == 0 ? "" : ", padding " + padding);
        }
    }

    /**
     * Max pooling over squares.
     *
     * @param size side length of a square, in pixels
     * @param stride in pixels
     */
    record MaxPooling(int size, int stride) implements Layer {
        public MaxPooling {
            requireAtLeast(1, size, "MaxPool2d: size");
            requireAtLeast(1, stride, "MaxPool2d: stride");
        }

        @Override
        public String describe() {
            return "MaxPool2d " + size + "x" + size + ", stride " + stride;
        }
    }

    /** Batch normalisation with learned scale and shift per channel. */
    record BatchNormalization() implements Layer {
        @Override
        public String describe() {
            return "BatchNorm";
        }
    }

    /** The rectified linear unit, max(x, 0). */
    record Rectifier() implements Layer {
        @Override
        public String describe() {
            return "ReLU";
        }
    }

    /**
     * Dropout, active in training only.
     *
     * @param probability of zeroing an element
     */
    record Dropout(double probability) implements Layer {
        @Override
        public String describe() {
            return "Dropout " + probability;
        }
    }

    /**
     * A fully connected layer over the flattened input.
     *
     * @param units number of outputs
     * @param bias whether each unit has a bias
     */
    record Linear(int units, boolean bias) implements Layer {
        public Linear {
            requireAtLeast(1, units, "Linear: units");
        }

        @Override
        public String describe() {
            return "Linear, " + units + " units";
        }
    }

    private static void requireAtLeast(int min, int value, String name) {
        if (value < min) {
            throw new ModelException(name + " is " + value + "; set it to " + min + " or more");
        }
    }
}
