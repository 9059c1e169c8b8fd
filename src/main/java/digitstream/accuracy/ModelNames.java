package digitstream.accuracy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Serializes model versions: the length and UTF-8 of the name, then of the version. Remembers those that it has seen, because
 * millions of images have the same few: their bytes are compared instead of decoded. Not thread-safe.
 */
public final class ModelNames {
    private static final int MAX_REMEMBERED = 1_000;
    private static final int MAX_LENGTH_BYTES = 5;

    private final Map<ModelVersion, byte[]> bytes = new HashMap<>();
    private ModelVersion last = new ModelVersion("", "");
    private byte[] lastBytes = encode(last);
    /** The one before. With a challenger, two versions alternate. */
    private ModelVersion previous = last;

    private byte[] previousBytes = lastBytes;

    /** The model version at the position of a buffer with an array, which moves behind it. */
    ModelVersion get(ByteBuffer in) {
        if (skips(in, lastBytes)) {
            return last;
        }
        if (skips(in, previousBytes)) {
            swap();
        } else {
            remember(new ModelVersion(text(in), text(in)));
        }
        return last;
    }

    /** Moves behind these bytes, if they are at the position. */
    private static boolean skips(ByteBuffer in, byte[] expected) {
        int from = in.arrayOffset() + in.position();
        int to = from + expected.length;
        if (expected.length > in.remaining() || !Arrays.equals(in.array(), from, to, expected, 0, expected.length)) {
            return false;
        }
        in.position(in.position() + expected.length);
        return true;
    }

    private void swap() {
        ModelVersion model = previous;
        byte[] encoded = previousBytes;
        previous = last;
        previousBytes = lastBytes;
        last = model;
        lastBytes = encoded;
    }

    /** Appends a model version. */
    void put(ByteBuffer out, ModelVersion model) {
        out.put(bytes(model));
    }

    /** How many bytes {@link #put} appends. */
    int size(ModelVersion model) {
        return bytes(model).length;
    }

    private byte[] bytes(ModelVersion model) {
        if (!model.equals(last)) {
            if (model.equals(previous)) {
                swap();
            } else {
                remember(model);
            }
        }
        return lastBytes;
    }

    /** The text that equals the last one is the same object from then on. */
    private void remember(ModelVersion model) {
        if (bytes.size() >= MAX_REMEMBERED) {
            bytes.clear();
        }
        previous = last;
        previousBytes = lastBytes;
        lastBytes = bytes.computeIfAbsent(model, ModelNames::encode);
        last = model;
    }

    private static byte[] encode(ModelVersion model) {
        byte[] name = model.name().getBytes(StandardCharsets.UTF_8);
        byte[] version = model.version().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(name.length + version.length + 2 * MAX_LENGTH_BYTES);
        Varint.put(out, name.length);
        out.put(name);
        Varint.put(out, version.length);
        out.put(version);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static String text(ByteBuffer in) {
        byte[] utf8 = new byte[(int) Varint.get(in)];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
