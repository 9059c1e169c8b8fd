package digitstream.data.pictures;

import java.awt.image.Raster;
import java.util.OptionalInt;

/**
 * Computes the shades of a JPEG with four components, which Java decodes but does not convert. Adobe's programs store the amount of
 * ink inverted (255: none), in CMYK or, with transform 2, in YCCK; a file without Adobe's marker stores CMYK as it is.
 */
final class CmykJpeg {
    private static final int YCCK = 2;

    private CmykJpeg() {}

    /**
     * Returns the shades.
     *
     * @param transform the transform in Adobe's marker; empty without such a marker
     */
    static Decoded.Picture shades(Raster raster, OptionalInt transform) {
        int width = raster.getWidth();
        byte[] shades = new byte[width * raster.getHeight()];
        int[] row = new int[4 * width];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                shades[y * width + x] = shade(row, 4 * x, transform);
            }
        }
        return new Decoded.Picture(width, raster.getHeight(), shades);
    }

    private static byte shade(int[] row, int at, OptionalInt transform) {
        boolean inverted = transform.isPresent();
        int key = inverted ? row[at + 3] : 255 - row[at + 3];
        int light;
        if (transform.orElse(0) == YCCK) {
            // Y is the luminance of 255 minus the inverted ink.
            light = 255 - row[at];
        } else {
            int of = inverted ? 0 : 255;
            light = Shades.luminance(Math.abs(of - row[at]), Math.abs(of - row[at + 1]), Math.abs(of - row[at + 2]))
                    & 0xff;
        }
        return (byte) Math.round(light * key / 255f);
    }
}
