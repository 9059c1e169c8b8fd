package digitstream.model;

import java.util.List;

/** Says which class each image of a batch shows. Used by one thread at a time; several may be used at once. */
public interface Classifier extends AutoCloseable {

    /**
     * Classifies a batch.
     *
     * @param images at least one; each 28 * 28 unsigned bytes, row by row, 0 background to 255 ink
     * @return float32, {@code images.size() * 10} probabilities: those of the first image's classes 0 to 9, then those of
     *     the second's, and so on
     * @throws ModelException when the engine fails
     */
    float[] classify(List<byte[]> images);

    /** Frees what native memory the classifier holds. */
    @Override
    void close();
}
