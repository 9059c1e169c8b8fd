package digitstream.benchmark.programs;

import digitstream.common.Digits;
import digitstream.model.Classifier;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Measures how fast a classifier is on images of random pixels. */
public final class ClassifierSpeed {
    private ClassifierSpeed() {}

    /** Returns this many images, the same ones each time. */
    public static List<byte[]> randomImages(int count) {
        Random random = new Random(count);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    byte[] image = new byte[Digits.PIXELS];
                    random.nextBytes(image);
                    return image;
                })
                .toList();
    }

    /** Classifies the batch again and again for at least this time, and returns the images per second. */
    public static double imagesPerSecond(Classifier classifier, List<byte[]> batch, long nanos) {
        long start = System.nanoTime();
        long done = 0;
        long elapsed;
        do {
            classifier.classify(batch);
            done += batch.size();
            elapsed = System.nanoTime() - start;
        } while (elapsed < nanos);
        return done * 1e9 / elapsed;
    }
}
