package digitstream.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/** The digits that the tests of file formats write and read. */
final class ArrayFiles {
    static final LabelledImages TRAINING = new DrawnDigits(5).images(0, 140);
    static final LabelledImages TEST = new DrawnDigits(6).images(0, 20);

    private ArrayFiles() {}

    static byte[] gzipped(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }
}
