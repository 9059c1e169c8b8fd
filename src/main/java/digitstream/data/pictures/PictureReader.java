package digitstream.data.pictures;

import digitstream.common.Causes;
import digitstream.data.files.DataFile;
import digitstream.data.files.ForeignContent;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads pictures from files: PNG, JPEG, GIF and BMP, recognised by their content. A large picture is thinned out while it is read, so
 * that memory is bounded by {@link #MAX_DECODED_PIXELS} a picture and, over all threads, by a quarter of the heap. Thread-safe.
 */
public final class PictureReader {
    /** The most pixels of a picture. Cameras go up to 200 million; a small file can declare many times as many. */
    static final long MAX_PIXELS = 1 << 28;
    /** The most pixels in a row or column, as in JPEG. A row is held in memory as a whole. */
    static final int MAX_SIDE = 1 << 16;
    /** Larger pictures are thinned out to this many pixels; a digit as small as a twentieth of the picture keeps its strokes. */
    static final long MAX_DECODED_PIXELS = 1 << 22;

    private static final Set<String> FORMATS = Set.of("png", "jpeg", "gif", "bmp");
    /** Shades, their copies when turned and centred, and the integers that centring computes with. */
    private static final int WORKING_BYTES_PER_PIXEL = 12;
    /** The coefficients of a progressive JPEG: 16 bits each, three components. */
    private static final int PROGRESSIVE_BYTES_PER_PIXEL = 6;

    private static final MemoryBudget MEMORY =
            new MemoryBudget(Runtime.getRuntime().maxMemory() / 4);

    private PictureReader() {}

    /**
     * Reads a picture and computes something from it. While {@code then} runs, the picture counts as memory in use.
     *
     * @param then called in this thread with the outcome
     */
    public static <T> T read(Path file, Function<Decoded, T> then) {
        try (MemoryBudget.Share memory = MEMORY.new Share()) {
            return then.apply(decoded(file, memory));
        }
    }

    private static Decoded decoded(Path file, MemoryBudget.Share memory) {
        try {
            Optional<String> foreign = ForeignContent.of(DataFile.head(file));
            return foreign.isPresent() ? new Decoded.Unusable(foreign.get()) : content(file, memory);
        } catch (EOFException e) {
            return damaged("it ends too early");
        } catch (IIOException e) {
            return damaged(detail(Causes.root(e)));
        } catch (IOException e) {
            return new Decoded.Unusable(DataFile.reason(e));
        } catch (RuntimeException e) {
            // Java's decoders answer some damage with unspecific exceptions, such as an index out of bounds.
            return damaged(e.toString());
        } catch (OutOfMemoryError e) {
            // They also allocate what the header of some chunks declares, which is more than the whole heap then.
            return damaged("it declares more data than fits into memory");
        }
    }

    private static Decoded content(Path file, MemoryBudget.Share memory) throws IOException {
        try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            while (readers.hasNext()) {
                ImageReader reader = readers.next();
                try {
                    String format = reader.getFormatName().toLowerCase(Locale.ROOT);
                    if (FORMATS.contains(format)) {
                        reader.setInput(in, true, true);
                        return content(reader, PictureHeader.of(file, format), memory);
                    }
                } finally {
                    reader.dispose();
                }
            }
            return new Decoded.Unusable("is not a PNG or JPEG picture; convert it, copy it again, or remove it");
        }
    }

    private static Decoded content(ImageReader reader, PictureHeader header, MemoryBudget.Share memory)
            throws IOException {
        long width = reader.getWidth(0);
        long height = reader.getHeight(0);
        if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
            return new Decoded.Unusable("is " + width + " by " + height + " pixels; the limit is "
                    + MAX_PIXELS / 1_000_000 + " million pixels, and " + MAX_SIDE + " each way; make it smaller");
        }
        int period = 1;
        while (thinned(width, period) * thinned(height, period) > MAX_DECODED_PIXELS) {
            period++;
        }
        memory.take(thinned(width, period) * thinned(height, period) * bytesPerPixel(reader, header)
                + (header.isProgressive() ? width * height * PROGRESSIVE_BYTES_PER_PIXEL : 0));
        ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceSubsampling(period, period, offset(width, period), offset(height, period));
        return picture(reader, header, param);
    }

    /** Half a period, so that the pixels that are kept lie in the middle of those that they stand for. */
    private static int offset(long side, int period) {
        return (int) Math.min(side, period) / 2;
    }

    private static long thinned(long side, int period) {
        return (side + period - 1) / period;
    }

    private static int bytesPerPixel(ImageReader reader, PictureHeader header) throws IOException {
        int decoded = header.components() == 4
                ? 4
                : (reader.getImageTypes(0).next().getColorModel().getPixelSize() + 7) / 8;
        return decoded + WORKING_BYTES_PER_PIXEL;
    }

    private static Decoded picture(ImageReader reader, PictureHeader header, ImageReadParam param) throws IOException {
        Warnings warnings = new Warnings();
        reader.addIIOReadWarningListener(warnings);
        Decoded.Picture picture = header.components() == 4
                ? CmykJpeg.shades(reader.readRaster(0, param), header.adobeTransform())
                : Shades.of(reader.read(0, param));
        return warnings.damage == null ? Orientation.upright(picture, header.orientation()) : damaged(warnings.damage);
    }

    private static Decoded.Unusable damaged(String detail) {
        return new Decoded.Unusable("is truncated or damaged (" + detail + "); copy it again, or remove it");
    }

    private static String detail(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Keeps the first warning that means lost pixels: for a truncated JPEG, Java only warns, and fills the rest with grey. */
    private static final class Warnings implements IIOReadWarningListener {
        private @Nullable String damage;

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            String text = warning.toLowerCase(Locale.ROOT);
            boolean harmless = text.contains("extraneous bytes");
            if (!harmless
                    && damage == null
                    && (text.contains("corrupt") || text.contains("premature") || text.contains("truncated"))) {
                damage = warning;
            }
        }
    }
}
