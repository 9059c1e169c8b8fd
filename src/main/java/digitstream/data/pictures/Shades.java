package digitstream.data.pictures;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/**
 * Computes the grey shades of decoded pictures: luminance with the weights of ITU-R BT.601 on the samples as they are stored.
 * Java's own conversion treats grey samples as linear light and would brighten them.
 */
public final class Shades {
    private Shades() {}

    /** Returns an image in shades of grey, composed with a background where it is transparent. */
    public static Decoded.Picture of(BufferedImage image) {
        int width = image.getWidth();
        byte[] shades = new byte[width * image.getHeight()];
        byte[] alpha = image.getColorModel().getTransparency() == Transparency.OPAQUE ? new byte[0] : shades.clone();
        if (hasPlainSamples(image.getColorModel())) {
            fromSamples(image, shades, alpha);
        } else {
            fromColors(image, shades, alpha);
        }
        if (alpha.length > 0) {
            digitstream.data.pictures.Transparency.compose(shades, alpha, width);
        }
        return new Decoded.Picture(width, image.getHeight(), shades);
    }

    /** Whether the samples are grey or red, green and blue, each in an integer of its own. */
    private static boolean hasPlainSamples(ColorModel model) {
        int space = model.getColorSpace().getType();
        return model instanceof ComponentColorModel
                && (model.getTransferType() == DataBuffer.TYPE_BYTE
                        || model.getTransferType() == DataBuffer.TYPE_USHORT)
                && (space == ColorSpace.TYPE_GRAY || space == ColorSpace.TYPE_RGB)
                && !(model.hasAlpha() && model.isAlphaPremultiplied());
    }

    private static void fromSamples(BufferedImage image, byte[] shades, byte[] alpha) {
        Raster raster = image.getRaster();
        ColorModel model = image.getColorModel();
        int width = image.getWidth();
        int bands = raster.getNumBands();
        int colors = model.getNumColorComponents();
        int[] largest = new int[bands];
        for (int band = 0; band < bands; band++) {
            largest[band] = (1 << model.getComponentSize(band)) - 1;
        }
        int[] row = new int[width * bands];
        for (int y = 0; y < image.getHeight(); y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int at = x * bands;
                int i = y * width + x;
                shades[i] = colors == 1
                        ? scaled(row[at], largest[0])
                        : luminance(
                                255.0 * row[at] / largest[0],
                                255.0 * row[at + 1] / largest[1],
                                255.0 * row[at + 2] / largest[2]);
                if (alpha.length > 0) {
                    alpha[i] = scaled(row[at + colors], largest[colors]);
                }
            }
        }
    }

    private static byte scaled(int sample, int largest) {
        return (byte) Math.round(255.0 * sample / largest);
    }

    private static void fromColors(BufferedImage image, byte[] shades, byte[] alpha) {
        int width = image.getWidth();
        int[] row = new int[width];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                int i = y * width + x;
                shades[i] = luminance(row[x] >> 16 & 255, row[x] >> 8 & 255, row[x] & 255);
                if (alpha.length > 0) {
                    alpha[i] = (byte) (row[x] >>> 24);
                }
            }
        }
    }

    static byte luminance(double red, double green, double blue) {
        return (byte) Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
}
