package digitstream.model;

import java.util.List;

/** Classifies batches of images. Not thread-safe; use one classifier per thread. */
public interface Classifier extends AutoCloseable {

    /**
     * Classifies a batch.
     *
     * @param images one or more; each 28 * 28 unsigned bytes, row by row, 0 (background) to 255 (ink)
     * @return {@code images.size() * 10} probabilities: classes 0 to 9 of the first image, then of the second, and so on
     * @throws ModelException if the engine fails
     */
    float[] classify(List<byte[]> images);

    /** Frees the classifier's native memory. */
    @Override
    void close();
}
