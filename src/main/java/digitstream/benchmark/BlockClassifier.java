package digitstream.benchmark;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import digitstream.common.Digits;
import digitstream.model.ClassOrder;
import digitstream.model.Classifier;
import digitstream.model.Layer;
import digitstream.model.Network;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/** Classifies with a network of DJL blocks, as the baseline for the TorchScript graph. */
final class BlockClassifier implements Classifier {
    private final ClassOrder order;
    private final NDManager manager;
    private final List<SequentialBlock> members = new ArrayList<>();

    /**
     * Builds the blocks.
     *
     * @param weights the values of each trainable parameter, in the order of the layers; without the running statistics of batch
     *     normalisation
     * @param order of the network's outputs
     */
    BlockClassifier(Network network, List<float[]> weights, ClassOrder order) {
        this.order = order;
        this.manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        Iterator<float[]> next = weights.iterator();
        for (int member = 0; member < network.members(); member++) {
            SequentialBlock block = block(network);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 1, Digits.SIDE, Digits.SIDE));
            for (var named : block.getParameters()) {
                Parameter.Type type = named.getValue().getType();
                if (type != Parameter.Type.RUNNING_MEAN && type != Parameter.Type.RUNNING_VAR) {
                    named.getValue().getArray().set(next.next());
                }
            }
            members.add(block);
        }
    }

    private static SequentialBlock block(Network network) {
        SequentialBlock block = new SequentialBlock();
        boolean isFlat = false;
        for (Layer layer : network.layers()) {
            if (layer instanceof Layer.Convolution convolution) {
                block.add(Conv2d.builder()
                        .setKernelShape(new Shape(convolution.size(), convolution.size()))
                        .setFilters(convolution.filters())
                        .optStride(new Shape(convolution.stride(), convolution.stride()))
                        .optPadding(new Shape(convolution.padding(), convolution.padding()))
                        .optBias(convolution.bias())
                        .build());
            } else if (layer instanceof Layer.MaxPooling pooling) {
                block.add(Pool.maxPool2dBlock(
                        new Shape(pooling.size(), pooling.size()), new Shape(pooling.stride(), pooling.stride())));
            } else if (layer instanceof Layer.BatchNormalization) {
                block.add(BatchNorm.builder().build());
            } else if (layer instanceof Layer.Rectifier) {
                block.add(Activation.reluBlock());
            } else if (layer instanceof Layer.Linear linear) {
                if (!isFlat) {
                    block.add(Blocks.batchFlattenBlock());
                    isFlat = true;
                }
                block.add(Linear.builder()
                        .setUnits(linear.units())
                        .optBias(linear.bias())
                        .build());
            }
        }
        return block;
    }

    @Override
    public float[] classify(List<byte[]> images) {
        ByteBuffer pixels = ByteBuffer.allocateDirect(images.size() * Digits.PIXELS);
        images.forEach(pixels::put);
        try (NDManager batch = manager.newSubManager()) {
            NDArray input =
                    batch.create(pixels.flip(), new Shape(images.size(), 1, Digits.SIDE, Digits.SIDE), DataType.UINT8);
            NDArray scaled = input.toType(DataType.FLOAT32, false).div(255);
            NDArray sum = null;
            for (SequentialBlock member : members) {
                NDList logits = member.forward(new ParameterStore(batch, false), new NDList(scaled), false);
                logits.attach(batch);
                NDArray probabilities = logits.singletonOrThrow().softmax(1);
                sum = sum == null ? probabilities : sum.add(probabilities);
            }
            return order.inDigitOrder(
                    Objects.requireNonNull(sum).div(members.size()).toFloatArray());
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
