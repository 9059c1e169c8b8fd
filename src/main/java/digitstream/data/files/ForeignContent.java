package digitstream.data.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Recognises, by its first bytes, content that no reader of this program takes. */
public final class ForeignContent {
    /** How many bytes of a file's beginning are looked at. */
    public static final int HEAD_BYTES = 512;

    /** A kind of content: the bytes at an offset, as ISO 8859-1, and a message that follows the file's name. */
    private record Kind(int offset, String bytes, String message) {}

    private static final List<Kind> KINDS = List.of(
            new Kind(
                    0,
                    "version https://git-lfs",
                    "is a pointer of Git LFS and not the file itself; run `git lfs pull` where it comes from"),
            new Kind(0, "PK\3\4", "is a zip archive; unpack it"),
            new Kind(0, "7z\u00bc\u00af", "is a 7z archive; unpack it"),
            new Kind(0, "BZh", "is compressed by bzip2; unpack it"),
            new Kind(0, "\u00fd7zXZ", "is compressed by xz; unpack it"),
            new Kind(0, "(\u00b5/\u00fd", "is compressed by zstd; unpack it"),
            new Kind(257, "ustar", "is a tar archive; unpack it"),
            new Kind(0, "\u0089HDF", "is an HDF5 file; export it as IDX, CSV, NPZ or MATLAB 5"),
            new Kind(0, "PAR1", "is a Parquet file; export it as CSV or NPZ, or write its pictures to folders 0 to 9"),
            new Kind(0, "%PDF", "is a PDF document; export its pages as PNG"),
            new Kind(8, "WEBP", "is a WebP picture; convert it to PNG or JPEG"),
            new Kind(4, "ftyphei", "is a HEIC picture; convert it to PNG or JPEG"),
            new Kind(4, "ftyphev", "is a HEIC picture; convert it to PNG or JPEG"),
            new Kind(4, "ftypmif1", "is a HEIF picture; convert it to PNG or JPEG"),
            new Kind(4, "ftypavif", "is an AVIF picture; convert it to PNG or JPEG"),
            new Kind(0, "II*\0", "is a TIFF picture; convert it to PNG or JPEG"),
            new Kind(0, "MM\0*", "is a TIFF picture; convert it to PNG or JPEG"));

    private ForeignContent() {}

    /**
     * Returns what is wrong with a file that starts like this, in words that follow the file's name; empty if its beginning is
     * not known.
     *
     * @param head up to {@value #HEAD_BYTES} bytes
     */
    public static Optional<String> of(byte[] head) {
        if (head.length == 0) {
            return Optional.of("is empty; download or copy it again");
        }
        String text = new String(head, ISO_8859_1);
        String start =
                text.replaceFirst("^\u00ef\u00bb\u00bf", "").stripLeading().toLowerCase(Locale.ROOT);
        if (start.startsWith("<svg") || (start.startsWith("<?xml") && start.contains("<svg"))) {
            return Optional.of("is an SVG drawing; convert it to PNG or JPEG");
        }
        if (start.startsWith("<!doctype html") || start.startsWith("<html") || start.startsWith("<head")) {
            return Optional.of("is an HTML page, perhaps a server's error message; download it again");
        }
        if (start.startsWith("<?xml")) {
            return Optional.of("is an XML document, perhaps a server's error message; download it again");
        }
        return KINDS.stream()
                .filter(kind -> text.startsWith(kind.bytes(), kind.offset()))
                .map(Kind::message)
                .findFirst();
    }
}
