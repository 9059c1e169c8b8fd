package digitstream.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import digitstream.data.LabelledImages;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A data set on a device, as uint8: 47 MB for the MNIST training images. Steps transfer only indices to the device.
 *
 * @param pixels uint8 [N, 1, height, width]
 * @param labels int64 [N]
 */
record DeviceImages(NDArray pixels, NDArray labels, int size) {

    /** Copies images to the manager's device; the manager owns them. */
    static DeviceImages of(LabelledImages images, NDManager manager) {
        byte[] labels = images.labels();
        return new DeviceImages(
                manager.create(
                        ByteBuffer.wrap(images.pixels()),
                        new Shape(images.size(), 1, images.height(), images.width()),
                        DataType.UINT8),
                manager.create(IntStream.range(0, labels.length)
                        .mapToLong(i -> labels[i])
                        .toArray()),
                images.size());
    }

    /** Returns the images at some indices; {@code owner} owns them. */
    DeviceImages select(int[] indices, NDManager owner) {
        NDIndex index = new NDIndex(
                "{}", owner.create(Arrays.stream(indices).asLongStream().toArray()));
        return new DeviceImages(pixels.get(owner, index), labels.get(owner, index), indices.length);
    }

    /** Returns the images from {@code from} (inclusive) to {@code to} (exclusive); {@code owner} owns them. */
    DeviceImages slice(int from, int to, NDManager owner) {
        NDIndex index = new NDIndex(from + ":" + to);
        return new DeviceImages(pixels.get(owner, index), labels.get(owner, index), to - from);
    }
}
