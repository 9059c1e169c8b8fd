package digitstream.data;

import digitstream.common.Digits;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Turns images upright that are stored with rows and columns exchanged, as EMNIST's are. They are recognised by their content, because
 * copies of EMNIST carry MNIST's names: the mean image of each digit is compared with that of digits drawn by the program.
 */
final class Upright {
    /** How much better the transposed images must correlate. Of 20 images of MNIST and more, the stored ones do by 0.3 to 0.6. */
    private static final double CLEARLY = 0.15;
    /** Below this correlation, images hardly show digits: MNIST's have 0.5 to 0.75, others and wrong labels less than 0.05. */
    private static final double HARDLY = 0.2;

    private static final int LEAST_IMAGES = 50;
    private static final int MOST_IMAGES = 5_000;
    private static final int DRAWN_IMAGES = 1_000;

    private Upright() {}

    /**
     * Returns a data set with its images upright.
     *
     * @param fileName the file that the images come from; decides if too few images say too little
     */
    static DigitData of(DigitData data, String fileName) {
        LabelledImages training = data.training();
        if (data.name().equals(DataName.MNIST) || training.width() != Digits.SIDE || training.height() != Digits.SIDE) {
            return data;
        }
        boolean isEmnist = fileName.toLowerCase(Locale.ROOT).contains("emnist");
        if (training.size() < LEAST_IMAGES) {
            return isEmnist ? turned(data) : data;
        }
        LabelledImages some = some(training);
        double upright = correlation(means(some), Drawn.MEANS);
        double turned = correlation(means(some.transposed()), Drawn.MEANS);
        boolean isClear = Math.max(turned, upright) > HARDLY && Math.abs(turned - upright) > CLEARLY;
        if (isClear ? turned > upright : isEmnist) {
            return turned(data);
        }
        if (Math.max(upright, turned) > HARDLY) {
            return data;
        }
        return data.withNote(
                Math.min(upright, turned) < -HARDLY
                        ? "The images seem to show dark ink on light paper; models expect light ink on black, as in MNIST"
                        : "The images hardly resemble the digits of their labels. Is this another data set in MNIST's format,"
                                + " such as Fashion-MNIST?");
    }

    private static DigitData turned(DigitData data) {
        return new DigitData(
                data.name(),
                data.origin() + ", stored transposed as EMNIST is and turned upright",
                data.training().transposed(),
                data.test().transposed(),
                data.notes(),
                data.passedOver());
    }

    /** Computed when it is first needed: drawing takes longer than reading most files. */
    private static final class Drawn {
        static final double[][] MEANS = means(new DrawnDigits(DigitSources.DRAWN_SEED).images(0, DRAWN_IMAGES));
    }

    private static LabelledImages some(LabelledImages images) {
        int step = Math.max(1, images.size() / MOST_IMAGES);
        return images.select(
                IntStream.range(0, images.size() / step).map(i -> i * step).toArray());
    }

    /**
     * The mean pixels of each digit's images, less the mean of these over the digits: what any centred shape has in common says
     * nothing. Zeros for a digit without images.
     */
    private static double[][] means(LabelledImages images) {
        double[][] means = new double[Digits.CLASSES][Digits.PIXELS];
        int[] counts = new int[Digits.CLASSES];
        for (int i = 0; i < images.size(); i++) {
            byte[] pixels = images.pixels(i);
            counts[images.label(i)]++;
            for (int p = 0; p < pixels.length; p++) {
                means[images.label(i)][p] += pixels[p] & 0xff;
            }
        }
        long digits = Arrays.stream(counts).filter(count -> count > 0).count();
        for (int p = 0; p < Digits.PIXELS; p++) {
            double common = 0;
            for (int digit = 0; digit < means.length; digit++) {
                means[digit][p] /= Math.max(1, counts[digit]);
                common += means[digit][p] / digits;
            }
            for (int digit = 0; digit < means.length; digit++) {
                means[digit][p] -= counts[digit] > 0 ? common : 0;
            }
        }
        return means;
    }

    /** The mean over the digits of Pearson's correlation of two mean images; a digit without images is left out. */
    private static double correlation(double[][] a, double[][] b) {
        double sum = 0;
        int digits = 0;
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            double correlation = correlation(a[digit], b[digit]);
            if (!Double.isNaN(correlation)) {
                sum += correlation;
                digits++;
            }
        }
        return digits == 0 ? 0 : sum / digits;
    }

    private static double correlation(double[] a, double[] b) {
        double meanA = Arrays.stream(a).average().orElseThrow();
        double meanB = Arrays.stream(b).average().orElseThrow();
        double products = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            products += (a[i] - meanA) * (b[i] - meanB);
            squaresA += (a[i] - meanA) * (a[i] - meanA);
            squaresB += (b[i] - meanB) * (b[i] - meanB);
        }
        return products / Math.sqrt(squaresA * squaresB);
    }
}
