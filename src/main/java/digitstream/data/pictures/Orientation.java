package digitstream.data.pictures;

/** Turns pictures upright, as the orientation in their EXIF data says. */
final class Orientation {
    static final int UPRIGHT = 1;

    private Orientation() {}

    /**
     * Returns a picture as it is meant to be seen.
     *
     * @param orientation 1 to 8, as EXIF 2.3 numbers them; any other number leaves the picture as it is
     */
    static Decoded.Picture upright(Decoded.Picture stored, int orientation) {
        if (orientation <= UPRIGHT || orientation > 8) {
            return stored;
        }
        boolean sideways = orientation >= 5;
        int width = sideways ? stored.height() : stored.width();
        int height = sideways ? stored.width() : stored.height();
        byte[] shades = new byte[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int along = sideways ? y : x;
                int down = sideways ? x : y;
                // Where the stored columns, or its rows, run the other way.
                int column = isIn(orientation, 2, 3, 7, 8) ? stored.width() - 1 - along : along;
                int row = isIn(orientation, 3, 4, 6, 7) ? stored.height() - 1 - down : down;
                shades[y * width + x] = stored.shades()[row * stored.width() + column];
            }
        }
        return new Decoded.Picture(width, height, shades);
    }

    private static boolean isIn(int orientation, int... some) {
        for (int one : some) {
            if (one == orientation) {
                return true;
            }
        }
        return false;
    }
}
