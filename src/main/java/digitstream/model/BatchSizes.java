package digitstream.model;

import java.util.stream.IntStream;

/**
 * The batch sizes that PyTorch sees. MKL-DNN compiles each operation for each size, and keeps 1,024 of them. With every size from 1
 * to 256 it would compile most operations again (docs/decisions/014). So batches are padded to fewer sizes: eight from one power of
 * two to the next up to 128, then multiples of 16. The padding is less than an eighth.
 */
final class BatchSizes {
    private static final int MAX_STEP = 16;

    private BatchSizes() {}

    /** Returns the smallest of the sizes that is not smaller than a number of images. */
    static int padded(int images) {
        int step = Math.min(MAX_STEP, Math.max(1, Integer.highestOneBit(images) / 8));
        return (images + step - 1) / step * step;
    }

    /** Returns the sizes from 1 to a limit, smallest first. */
    static int[] upTo(int limit) {
        return IntStream.rangeClosed(1, limit)
                .filter(size -> padded(size) == size)
                .toArray();
    }
}
