package digitstream.data;

import digitstream.common.Digits;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Names data sets: MNIST by its content, others by the folder or file that holds them. */
final class DataName {
    static final String MNIST = "mnist";

    /** The sums of MNIST's 60,000 training and 10,000 test images, computed from the files that {@link MnistDownload} verifies. */
    private static final long TRAINING_SUM = -7_093_473_261_650_176_408L;

    private static final long TEST_SUM = -5_089_400_040_459_834_015L;
    private static final int TRAINING_IMAGES = 60_000;
    private static final int TEST_IMAGES = 10_000;

    private DataName() {}

    static String of(Path holder, LabelledImages training, LabelledImages test) {
        return isMnist(training, test) ? MNIST : of(holder);
    }

    /** The name of a folder, or of a file without its ending. Never "mnist", which is kept for MNIST itself. */
    static String of(Path holder) {
        Path full = holder.toAbsolutePath().normalize();
        boolean isFile = Files.isRegularFile(full);
        Path folder = full.getParent();
        // One of four IDX files stands for its folder.
        Path name = isFile && IdxFiles.isIdx(full) && folder != null ? folder.getFileName() : full.getFileName();
        String text = name == null ? "digits" : name.toString();
        if (isFile) {
            text = text.replaceFirst("(?i)(?<=.)\\.(csv|csv\\.gz|npz|mat)$", "");
        }
        return text.equalsIgnoreCase(MNIST) ? text + " (not the original)" : text;
    }

    /** Whether these are MNIST's images with their labels, in any order. */
    static boolean isMnist(LabelledImages training, LabelledImages test) {
        return training.size() == TRAINING_IMAGES
                && test.size() == TEST_IMAGES
                && sum(test) == TEST_SUM
                && sum(training) == TRAINING_SUM;
    }

    /** The sum, modulo 2^64, of the first eight bytes of each image's SHA-256; it doesn't depend on the order of the images. */
    static long sum(LabelledImages images) {
        if (images.width() != Digits.SIDE || images.height() != Digits.SIDE) {
            return 0;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long sum = 0;
            for (int i = 0; i < images.size(); i++) {
                digest.update((byte) images.label(i));
                sum += ByteBuffer.wrap(digest.digest(images.pixels(i))).getLong();
            }
            return sum;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
