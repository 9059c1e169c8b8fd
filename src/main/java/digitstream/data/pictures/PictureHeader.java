package digitstream.data.pictures;

import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.imaging.jpeg.JpegProcessingException;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.adobe.AdobeJpegDirectory;
import com.drew.metadata.adobe.AdobeJpegReader;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import com.drew.metadata.jpeg.JpegDirectory;
import com.drew.metadata.jpeg.JpegReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a picture's header says beside its size.
 *
 * @param orientation as EXIF numbers it; 1 if nothing is said
 * @param components the number of samples per pixel in a JPEG; 0 in other formats
 * @param isProgressive whether it is a JPEG that is decoded as a whole and not row by row
 * @param adobeTransform how Adobe's programs transformed the colours of a JPEG; empty without their marker
 */
record PictureHeader(int orientation, int components, boolean isProgressive, OptionalInt adobeTransform) {
    private static final PictureHeader SILENT = new PictureHeader(Orientation.UPRIGHT, 0, false, OptionalInt.empty());
    /** The kind of JPEG that its start-of-frame marker SOF2 declares. */
    private static final int PROGRESSIVE = 2;

    /** Reads the header of a JPEG or PNG; other formats say nothing. */
    static PictureHeader of(Path file, String format) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return switch (format) {
                case "jpeg" -> jpeg(in);
                case "png" -> png(in);
                default -> SILENT;
            };
        }
    }

    private static PictureHeader jpeg(InputStream in) throws IOException {
        Metadata metadata;
        try {
            metadata = JpegMetadataReader.readMetadata(
                    in, List.of(new ExifReader(), new AdobeJpegReader(), new JpegReader()));
        } catch (JpegProcessingException damaged) {
            // The decoder decides whether such a file shows a picture; it names the damage if not.
            return SILENT;
        }
        Directory jpeg = metadata.getFirstDirectoryOfType(JpegDirectory.class);
        OptionalInt transform = number(
                metadata.getFirstDirectoryOfType(AdobeJpegDirectory.class), AdobeJpegDirectory.TAG_COLOR_TRANSFORM);
        return new PictureHeader(
                orientation(metadata),
                number(jpeg, JpegDirectory.TAG_NUMBER_OF_COMPONENTS).orElse(0),
                number(jpeg, JpegDirectory.TAG_COMPRESSION_TYPE).orElse(0) >= PROGRESSIVE,
                transform);
    }

    private static PictureHeader png(InputStream in) throws IOException {
        Metadata metadata = new Metadata();
        for (byte[] exif : PngExif.in(in)) {
            new ExifReader().extract(new ByteArrayReader(exif), metadata);
        }
        return new PictureHeader(orientation(metadata), 0, false, OptionalInt.empty());
    }

    private static int orientation(Metadata metadata) {
        for (ExifIFD0Directory exif : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
            OptionalInt orientation = number(exif, ExifIFD0Directory.TAG_ORIENTATION);
            if (orientation.isPresent()) {
                return orientation.getAsInt();
            }
        }
        return Orientation.UPRIGHT;
    }

    private static OptionalInt number(@Nullable Directory directory, int tag) {
        Integer number = directory == null ? null : directory.getInteger(tag);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
