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
 * Images whole on a device, as uint8: 47 MB for all of MNIST. A step transfers its indices, nothing else.
 *
 * @param pixels uint8 [N, 1, height, width]
 * @param labels int64 [N]
 */
record DeviceImages(NDArray pixels, NDArray labels, int size) {

    /** Copies images to the manager's device; they live as long as it. */
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

    /** Those at some indices. */
    DeviceImages select(int[] indices, NDManager owner) {
        NDIndex index = new NDIndex(
                "{}", owner.create(Arrays.stream(indices).asLongStream().toArray()));
        return new DeviceImages(pixels.get(owner, index), labels.get(owner, index), indices.length);
    }

    /** Those from one index (inclusive) to another (exclusive). */
    DeviceImages slice(int from, int to, NDManager owner) {
        NDIndex index = new NDIndex(from + ":" + to);
        return new DeviceImages(pixels.get(owner, index), labels.get(owner, index), to - from);
    }
}
