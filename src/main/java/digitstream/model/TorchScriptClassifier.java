package digitstream.model;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import digitstream.common.Digits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a TorchScript module through DJL without a translator: bytes in, floats out, one copy each way. Pads batches to the
 * {@link BatchSizes}.
 */
final class TorchScriptClassifier implements Classifier {
    private final Model model;
    private final String method;
    private final ClassOrder order;
    private final NDManager manager;
    private ByteBuffer pixels = ByteBuffer.allocateDirect(Digits.PIXELS);

    /**
     * Creates a classifier.
     *
     * @param order of the columns of the method's output
     */
    TorchScriptClassifier(Model model, String method, ClassOrder order) {
        this.model = model;
        this.method = method;
        this.order = order;
        this.manager = model.getNDManager().newSubManager();
    }

    @Override
    public float[] classify(List<byte[]> images) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("a batch must have at least one image");
        }
        int count = images.size();
        int padded = BatchSizes.padded(count);
        ByteBuffer input = input(images, padded);
        // The batch's manager owns all arrays of this batch. The input array wraps the buffer, which outlives the
        // array.
        try (NDManager batch = manager.newSubManager()) {
            NDList inputs =
                    new NDList(batch.create(input, new Shape(padded, 1, Digits.SIDE, Digits.SIDE), DataType.UINT8));
            if (!method.equals(Methods.FORWARD)) {
                inputs.add(Methods.name(batch, method));
            }
            NDList outputs = model.getBlock().forward(new ParameterStore(batch, false), inputs, false);
            outputs.attach(batch);
            OutputCheck.require(outputs, padded);
            float[] all = outputs.get(0).toFloatArray();
            return order.inDigitOrder(padded == count ? all : Arrays.copyOf(all, count * Digits.CLASSES));
        } catch (ModelException | IllegalStateException e) {
            // The latter is a use after close, which is not the model's fault.
            throw e;
        } catch (UnsupportedOperationException e) {
            // DJL does not support every type that TorchScript has; a method without a return value is one.
            throw new ModelException(OutputCheck.NO_TENSOR, e);
        } catch (RuntimeException e) {
            // PyTorch's own errors, and those of DJL about tensors that it does not know, such as those without values.
            throw new ModelException("PyTorch failed on a batch of " + count + ": " + PyTorchError.describe(e), e);
        }
    }

    private ByteBuffer input(List<byte[]> images, int padded) {
        int bytes = padded * Digits.PIXELS;
        if (pixels.capacity() < bytes) {
            pixels = ByteBuffer.allocateDirect(bytes);
        }
        pixels.clear();
        for (byte[] image : images) {
            // Check before the native call: a forward that throws leaks native handles.
            if (image.length != Digits.PIXELS) {
                throw new IllegalArgumentException("an image has " + image.length + " bytes, not " + Digits.PIXELS);
            }
            pixels.put(image);
        }
        // An image of this batch, so that a module that fails on one image can't fail in other batches.
        byte[] last = images.get(images.size() - 1);
        while (pixels.position() < bytes) {
            pixels.put(last);
        }
        return pixels.flip();
    }

    @Override
    public void close() {
        manager.close();
    }
}
