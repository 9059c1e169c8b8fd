package digitstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import digitstream.common.Digits;
import digitstream.common.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A sequential network from 1 x 28 x 28 pixels to 10 outputs. The constructor guarantees that all layer sizes are positive
 * whole numbers. An ensemble has several members with the same layers, whose probabilities are averaged.
 *
 * @param members 1 for a single network
 * @param layers of each member, first to last
 */
public record Network(int members, List<Layer> layers) {
    private static final int MAX_MEMBERS = 100;
    private static final Size INPUT = new Size(1, Digits.SIDE, Digits.SIDE);

    /**
     * The size of the activations between two layers, for one image.
     *
     * @param channels or units, after a fully connected layer
     * @param height in pixels; 1 after a fully connected layer
     * @param width in pixels; 1 after a fully connected layer
     */
    public record Size(int channels, int height, int width) {
        long elements() {
            return (long) channels * height * width;
        }

        @Override
        public String toString() {
            return height == 1 && width == 1 ? "" + channels : channels + " x " + height + " x " + width;
        }
    }

    /**
     * A layer with its sizes and cost.
     *
     * @param parameters number of learned parameters
     * @param multiplyAdds multiply-add operations per image
     */
    public record Row(Layer layer, Size input, Size output, long parameters, long multiplyAdds) {}

    /**
     * Checks that all sizes are positive whole numbers and that the output has 10 elements.
     *
     * @throws ModelException if not; the message names the layer and shows the arithmetic
     */
    @JsonCreator
    public Network(@JsonProperty("members") int members, @JsonProperty("layers") List<Layer> layers) {
        if (members < 1 || members > MAX_MEMBERS) {
            throw new ModelException("network: members is " + members + "; set it to 1 to " + MAX_MEMBERS);
        }
        if (layers == null || layers.isEmpty() || layers.stream().anyMatch(Objects::isNull)) {
            throw new ModelException("network has no layers");
        }
        this.members = members;
        this.layers = List.copyOf(layers);
        Size output = rows(this.layers).get(layers.size() - 1).output();
        if (!output.equals(new Size(Digits.CLASSES, 1, 1))) {
            throw new ModelException("the network outputs " + output + " values per image, not " + Digits.CLASSES);
        }
    }

    /** Reads a network from JSON. */
    public static Network read(InputStream json) throws IOException {
        try {
            return Json.INDENTED.readValue(json, Network.class);
        } catch (MismatchedInputException e) {
            if (e.getCause() instanceof ModelException fault) {
                throw fault;
            }
            throw e;
        } catch (JsonProcessingException e) {
            throw new ModelException("the layers are not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The layers of one member, with their sizes. */
    public List<Row> rows() {
        return rows(layers);
    }

    /** The number of learned parameters, over all members. */
    public long parameters() {
        return members * rows().stream().mapToLong(Row::parameters).sum();
    }

    /** Multiply-add operations per image, over all members. */
    public long multiplyAdds() {
        return members * rows().stream().mapToLong(Row::multiplyAdds).sum();
    }

    private static List<Row> rows(List<Layer> layers) {
        List<Row> rows = new ArrayList<>();
        Size size = INPUT;
        for (int i = 0; i < layers.size(); i++) {
            Row row = row(i + 1, layers.get(i), size);
            rows.add(row);
            size = row.output();
        }
        return rows;
    }

    private static Row row(int number, Layer layer, Size in) {
        String name = "layer " + number + " (" + layer.describe() + ")";
        if (layer instanceof Layer.Convolution convolution) {
            Size out = new Size(
                    convolution.filters(),
                    slide(name, "height", in.height(), convolution.padding(), convolution.size(), convolution.stride()),
                    slide(name, "width", in.width(), convolution.padding(), convolution.size(), convolution.stride()));
            long weights = (long) convolution.filters() * in.channels() * convolution.size() * convolution.size();
            return new Row(
                    layer,
                    in,
                    out,
                    weights + (convolution.bias() ? convolution.filters() : 0),
                    weights * out.height() * out.width());
        }
        if (layer instanceof Layer.MaxPooling pooling) {
            return new Row(
                    layer,
                    in,
                    new Size(
                            in.channels(),
                            slide(name, "height", in.height(), 0, pooling.size(), pooling.stride()),
                            slide(name, "width", in.width(), 0, pooling.size(), pooling.stride())),
                    0,
                    0);
        }
        if (layer instanceof Layer.BatchNormalization) {
            return new Row(layer, in, in, 2L * in.channels(), in.elements());
        }
        if (layer instanceof Layer.Linear linear) {
            long weights = in.elements() * linear.units();
            return new Row(
                    layer, in, new Size(linear.units(), 1, 1), weights + (linear.bias() ? linear.units() : 0), weights);
        }
        return new Row(layer, in, in, 0, 0);
    }

    /** Returns OH = (H + 2P - FH)/S + 1, which must be a positive whole number. */
    private static int slide(String layer, String what, int size, int padding, int filter, int stride) {
        int room = size + 2 * padding - filter;
        if (room < 0 || room % stride != 0) {
            throw new ModelException(String.format(
                    "the output %s of %s is (%d + 2*%d - %d)/%d + 1 = %s, not a positive whole number",
                    what, layer, size, padding, filter, stride, decimal((double) room / stride + 1)));
        }
        return room / stride + 1;
    }

    private static String decimal(double number) {
        return number == Math.rint(number)
                ? Long.toString((long) number)
                : Double.toString(Math.rint(number * 1000) / 1000);
    }
}
