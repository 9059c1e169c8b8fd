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
 * A network as its layers, one after the other, from 28 by 28 pixels of one channel to ten numbers. There is none whose
 * sizes do not come out as whole numbers. A committee has several members of the same layers, whose probabilities are averaged.
 *
 * @param members 1 for a network that is no committee
 * @param layers of each member, first to last
 */
public record Network(int members, List<Layer> layers) {
    private static final int MOST_MEMBERS = 100;
    private static final Size INPUT = new Size(1, Digits.SIDE, Digits.SIDE);

    /**
     * The size of what goes from one layer to the next, for one image.
     *
     * @param channels or units, behind a fully connected layer
     * @param height pixels; 1 behind a fully connected layer
     * @param width pixels, likewise
     */
    public record Size(int channels, int height, int width) {
        long numbers() {
            return (long) channels * height * width;
        }

        @Override
        public String toString() {
            return height == 1 && width == 1 ? "" + channels : channels + " x " + height + " x " + width;
        }
    }

    /**
     * What a layer makes of an image.
     *
     * @param parameters learnt numbers
     * @param multiplyAdds multiplications whose results are added up, an image
     */
    public record Row(Layer layer, Size input, Size output, long parameters, long multiplyAdds) {}

    /**
     * Checks that the sizes come out as whole numbers, and at ten.
     *
     * @throws ModelException that names the layer and the arithmetic
     */
    @JsonCreator
    public Network(@JsonProperty("members") int members, @JsonProperty("layers") List<Layer> layers) {
        if (members < 1 || members > MOST_MEMBERS) {
            throw new ModelException("network has members of " + members + "; give 1 to " + MOST_MEMBERS);
        }
        if (layers == null || layers.isEmpty() || layers.stream().anyMatch(Objects::isNull)) {
            throw new ModelException("network has no layers");
        }
        this.members = members;
        this.layers = List.copyOf(layers);
        Size output = rows(this.layers).get(layers.size() - 1).output();
        if (!output.equals(new Size(Digits.CLASSES, 1, 1))) {
            throw new ModelException("the network ends with " + output + " numbers, not " + Digits.CLASSES);
        }
    }

    /** The network whose layers stand in a Json.INDENTED file. */
    public static Network read(InputStream json) throws IOException {
        try {
            return Json.INDENTED.readValue(json, Network.class);
        } catch (MismatchedInputException e) {
            if (e.getCause() instanceof ModelException fault) {
                throw fault;
            }
            throw e;
        } catch (JsonProcessingException e) {
            throw new ModelException("the layers are no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Each layer with its sizes, of one member. */
    public List<Row> rows() {
        return rows(layers);
    }

    /** All learnt numbers, of all members. */
    public long parameters() {
        return members * rows().stream().mapToLong(Row::parameters).sum();
    }

    /** Multiplications whose results are added up, an image, in all members. */
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
            return new Row(layer, in, in, 2L * in.channels(), in.numbers());
        }
        if (layer instanceof Layer.Linear linear) {
            long weights = in.numbers() * linear.units();
            return new Row(
                    layer, in, new Size(linear.units(), 1, 1), weights + (linear.bias() ? linear.units() : 0), weights);
        }
        return new Row(layer, in, in, 0, 0);
    }

    /** OH = (H + 2P - FH)/S + 1, which must be whole, and 1 or more. */
    private static int slide(String layer, String what, int size, int padding, int filter, int stride) {
        int room = size + 2 * padding - filter;
        if (room < 0 || room % stride != 0) {
            throw new ModelException(String.format(
                    "the output %s of %s is (%d + 2*%d - %d)/%d + 1 = %s, not a whole number of 1 or more",
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
