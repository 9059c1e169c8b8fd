package digitstream.data.pictures;

/** What a file that should hold a picture turned out to be. */
public sealed interface Decoded {
    /**
     * A grey picture, upright and without transparency.
     *
     * @param shades uint8, row by row; 0 is black, 255 is white
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; a copy of some megabytes would double the memory.
    record Picture(int width, int height, byte[] shades) implements Decoded {
        public Picture {
            if (shades.length != (long) width * height) {
                throw new IllegalArgumentException(
                        shades.length + " bytes are not a picture of " + width + " by " + height + " pixels");
            }
        }
    }

    /**
     * Not a picture that can be used.
     *
     * @param reason why, in words that follow the file's name: "is empty"
     */
    record Unusable(String reason) implements Decoded {}
}
