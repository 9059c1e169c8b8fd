package digitstream.common;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes grey images as PNG files. */
public final class GreyPng {
    private GreyPng() {}

    /**
     * Encodes one image.
     *
     * @param pixels uint8, row by row, 0 is black; width * height bytes
     * @return a greyscale PNG file of 8 bits a pixel
     */
    public static byte[] encode(byte[] pixels, int width, int height) {
        if (pixels.length != (long) width * height) {
            throw new IllegalArgumentException(
                    pixels.length + " bytes are not the pixels of a " + width + " by " + height + " image");
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, width, height, pixels);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        // Not ImageIO.write(image, "png", file): that keeps a copy in a temporary file.
        try (var stream = new MemoryCacheImageOutputStream(file)) {
            ImageIO.write(image, "png", stream);
        } catch (IOException e) {
            throw new UncheckedIOException("writing a PNG to memory failed", e);
        }
        return file.toByteArray();
    }
}
