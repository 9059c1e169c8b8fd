package digitstream.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import digitstream.common.Digits;

/** Checks the shape and the type of what a model returns. */
final class OutputCheck {
    static final String NO_TENSOR = "it does not return a tensor: return only the probabilities, float32 [N, 10]";

    private OutputCheck() {}

    /**
     * Requires float32 [count, 10].
     *
     * @throws ModelException if the output is anything else; the message has the remedy
     */
    static void require(NDList outputs, int count) {
        if (outputs.size() != 1) {
            throw new ModelException("it returns " + outputs.size()
                    + " tensors, not one: return only the probabilities, float32 [N, 10]");
        }
        NDArray output = outputs.get(0);
        Shape shape = output.getShape();
        if (output.getDataType() != DataType.FLOAT32 || !shape.equals(new Shape(count, Digits.CLASSES))) {
            throw new ModelException("for " + (count == 1 ? "1 image" : count + " images") + " it returns "
                    + output.getDataType() + " " + shape
                    + ", not float32 (" + count + ", " + Digits.CLASSES + "): "
                    + remedy(output.getDataType(), shape, count));
        }
    }

    private static String remedy(DataType type, Shape shape, int count) {
        int dimensions = shape.dimension();
        boolean rightShape = shape.equals(new Shape(count, Digits.CLASSES));
        if (!type.isFloating()) {
            // DJL does not tell a quantized tensor from others that it does not know.
            return rightShape
                    ? "if it is quantized, end the graph with .dequantize(); otherwise return the probabilities,"
                            + " softmax(dim=1)"
                    : "return the probabilities, softmax(dim=1), in place of argmax or other integers";
        }
        if (rightShape) {
            return "end the graph with .float()";
        }
        if (shape.equals(new Shape(Digits.CLASSES, count))) {
            return "end the graph with .t()";
        }
        if (dimensions >= 1 && shape.get(0) != count) {
            return "keep the batch as the first dimension, for example with x.flatten(1) in place of x.view(...) or"
                    + " x.squeeze()";
        }
        if (dimensions > 2 && shape.size() == (long) count * Digits.CLASSES) {
            return "end the graph with .flatten(1)";
        }
        return dimensions == 2
                ? "the last layer must have one output for each digit, " + Digits.CLASSES + " in all"
                : "return one row of " + Digits.CLASSES + " probabilities for each image";
    }
}
