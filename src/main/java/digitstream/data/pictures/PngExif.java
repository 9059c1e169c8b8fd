package digitstream.data.pictures;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Finds EXIF data in a PNG: in its chunk eXIf, before the pixels or behind them, and in the text chunks in which ImageMagick has
 * stored it as hexadecimal digits. The library's own reader would allocate whatever length a chunk declares.
 */
final class PngExif {
    private static final int SIGNATURE_BYTES = 8;
    private static final int CHECKSUM_BYTES = 4;
    private static final int EXIF = 0x65584966;
    private static final int TEXT = 0x74455874;
    private static final int COMPRESSED_TEXT = 0x7a545874;
    private static final int END = 0x49454e44;
    /** As large as EXIF data can be in a JPEG. */
    private static final int MAX_EXIF_BYTES = 1 << 16;
    /** Two digits a byte, line feeds and a heading. */
    private static final int MAX_TEXT_BYTES = 3 * MAX_EXIF_BYTES;
    /** The name of the profile again, the number of its bytes, and its digits. */
    private static final Pattern PROFILE = Pattern.compile("\\s*(?:exif|APP1)\\s+[0-9]+\\s+([0-9a-fA-F\\s]*)");

    private PngExif() {}

    /** The EXIF data, from the TIFF header on, in the order of the chunks; up to the damage if the file is damaged. */
    static List<byte[]> in(InputStream stream) throws IOException {
        List<byte[]> found = new ArrayList<>();
        DataInputStream in = new DataInputStream(stream);
        try {
            in.skipNBytes(SIGNATURE_BYTES);
            while (true) {
                long length = in.readInt() & 0xffffffffL;
                int type = in.readInt();
                if (type == END) {
                    return found;
                }
                if (type == EXIF && length <= MAX_EXIF_BYTES) {
                    found.add(in.readNBytes((int) length));
                    in.skipNBytes(CHECKSUM_BYTES);
                } else if ((type == TEXT || type == COMPRESSED_TEXT) && length <= MAX_TEXT_BYTES) {
                    profile(in.readNBytes((int) length), type == COMPRESSED_TEXT)
                            .ifPresent(found::add);
                    in.skipNBytes(CHECKSUM_BYTES);
                } else {
                    in.skipNBytes(length + CHECKSUM_BYTES);
                }
            }
        } catch (EOFException noMoreChunks) {
            return found;
        }
    }

    private static Optional<byte[]> profile(byte[] chunk, boolean isCompressed) throws IOException {
        String whole = new String(chunk, ISO_8859_1);
        String keyword = whole.substring(0, Math.max(0, whole.indexOf('\0')));
        if (!keyword.equals("Raw profile type exif") && !keyword.equals("Raw profile type APP1")) {
            return Optional.empty();
        }
        int start = keyword.length() + 1;
        Matcher profile = PROFILE.matcher(isCompressed ? inflated(chunk, start + 1) : whole.substring(start));
        if (!profile.matches()) {
            return Optional.empty();
        }
        String digits = profile.group(1).replaceAll("\\s", "");
        byte[] exif = HexFormat.of().parseHex(digits.substring(0, digits.length() / 2 * 2));
        boolean hasPrefix = new String(exif, ISO_8859_1).startsWith("Exif\0\0");
        return Optional.of(hasPrefix ? Arrays.copyOfRange(exif, "Exif\0\0".length(), exif.length) : exif);
    }

    /** The text behind the byte that names the method of compression; empty if it is damaged. */
    private static String inflated(byte[] chunk, int start) throws IOException {
        int from = Math.min(start, chunk.length);
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(chunk, from, chunk.length - from))) {
            return new String(in.readNBytes(MAX_TEXT_BYTES), ISO_8859_1);
        } catch (ZipException | EOFException damaged) {
            // The pixels may be whole: a picture without orientation is as it is stored.
            return "";
        }
    }
}
