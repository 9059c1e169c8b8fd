package digitstream.data;

import digitstream.common.Digits;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Images of digits and their labels, in memory. Immutable. */
public final class LabelledImages {

    private final int width;
    private final int height;
    private final byte[] pixels;
    private final byte[] labels;
    private final int from;
    private final int to;

    /**
     * Wraps the arrays without copying; the caller must not change them afterwards.
     *
     * @param pixels uint8, image after image, row by row; 0 is background, 255 is ink
     * @param labels a digit 0 to 9 for each image
     * @throws DataException if the sizes don't match or a label is not a digit
     */
    public LabelledImages(int width, int height, byte[] pixels, byte[] labels) {
        this(width, height, pixels, labels, 0, labels.length);
        if (pixels.length != (long) width * height * labels.length) {
            throw new DataException(pixels.length + " bytes of pixels do not match " + labels.length + " images of "
                    + width + " by " + height);
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= Digits.CLASSES) {
                throw new DataException("label " + i + " is " + (labels[i] & 0xff) + ", not a digit 0 to 9");
            }
        }
    }

    private LabelledImages(int width, int height, byte[] pixels, byte[] labels, int from, int to) {
        this.width = width;
        this.height = height;
        this.pixels = pixels;
        this.labels = labels;
        this.from = from;
        this.to = to;
    }

    public int size() {
        return to - from;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** Returns a copy of one image's pixels, width * height bytes. */
    public byte[] pixels(int index) {
        int start = (from + checked(index)) * width * height;
        return Arrays.copyOfRange(pixels, start, start + width * height);
    }

    /** Returns the digit that an image shows, 0 to 9. */
    public int label(int index) {
        return labels[from + checked(index)];
    }

    /** Returns a copy of all pixels, image after image. */
    public byte[] pixels() {
        return Arrays.copyOfRange(pixels, from * width * height, to * width * height);
    }

    /** Returns the largest pixel of all images, 0 to 255; 0 without images. */
    int brightest() {
        int brightest = 0;
        for (int i = from * width * height; i < to * width * height; i++) {
            brightest = Math.max(brightest, pixels[i] & 0xff);
        }
        return brightest;
    }

    /** Returns a copy of all labels. */
    public byte[] labels() {
        return Arrays.copyOfRange(labels, from, to);
    }

    /** Returns a view of the images from {@code start} (inclusive) to {@code end} (exclusive); shares memory. */
    public LabelledImages slice(int start, int end) {
        if (start < 0 || start > end || end > size()) {
            throw new IndexOutOfBoundsException("slice " + start + " to " + end + " of " + size() + " images");
        }
        return new LabelledImages(width, height, pixels, labels, from + start, from + end);
    }

    /** Copies the images at some indices, in that order. */
    public LabelledImages select(int[] indices) {
        int area = width * height;
        byte[] somePixels = new byte[Math.multiplyExact(indices.length, area)];
        byte[] someLabels = new byte[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, (from + checked(indices[i])) * area, somePixels, i * area, area);
            someLabels[i] = labels[from + indices[i]];
        }
        return new LabelledImages(width, height, somePixels, someLabels);
    }

    /**
     * Copies these images followed by others.
     *
     * @throws DataException if the image sizes differ
     */
    public LabelledImages followedBy(LabelledImages others) {
        if (others.width != width || others.height != height) {
            throw new DataException("images of " + width + " by " + height + " can't be combined with images of "
                    + others.width + " by " + others.height);
        }
        int area = width * height;
        byte[] allPixels = new byte[Math.multiplyExact(size() + others.size(), area)];
        byte[] allLabels = new byte[size() + others.size()];
        System.arraycopy(pixels, from * area, allPixels, 0, size() * area);
        System.arraycopy(others.pixels, others.from * area, allPixels, size() * area, others.size() * area);
        System.arraycopy(labels, from, allLabels, 0, size());
        System.arraycopy(others.labels, others.from, allLabels, size(), others.size());
        return new LabelledImages(width, height, allPixels, allLabels);
    }

    /** Copies the images with rows and columns exchanged. */
    public LabelledImages transposed() {
        byte[] turned = new byte[size() * width * height];
        for (int image = 0; image < size(); image++) {
            int start = (from + image) * width * height;
            int to = image * width * height;
            for (int x = 0; x < width; x++) {
                for (int y = 0; y < height; y++) {
                    turned[to++] = pixels[start + y * width + x];
                }
            }
        }
        return new LabelledImages(height, width, turned, labels());
    }

    /** Returns the SHA-256 of sizes, pixels and labels, in hexadecimal. */
    public String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(12)
                    .putInt(size())
                    .putInt(height)
                    .putInt(width)
                    .array());
            digest.update(pixels, from * width * height, size() * width * height);
            digest.update(labels, from, size());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private int checked(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException("image " + index + " of " + size());
        }
        return index;
    }
}
