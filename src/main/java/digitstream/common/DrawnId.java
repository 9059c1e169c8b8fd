package digitstream.common;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ids of digits that people draw on the dashboard: {@code drawn-} and a UUID. The id is the mark, and not a header, because
 * everybody who labels an image keeps its id, and few producers copy headers: so the prediction and the label of an image are
 * always either both marked or both not.
 */
public final class DrawnId {
    public static final String PREFIX = "drawn-";

    private static final int LENGTH = PREFIX.length() + 36;
    private static final byte[] PREFIX_BYTES = PREFIX.getBytes(UTF_8);

    private DrawnId() {}

    /** Returns a new id. */
    public static String next() {
        return PREFIX + UUID.randomUUID();
    }

    public static boolean isDrawn(String imageId) {
        return imageId.length() == LENGTH && imageId.startsWith(PREFIX);
    }

    /** Whether a record key is the id of a drawn digit. */
    public static boolean isDrawn(byte @Nullable [] key) {
        return key != null
                && key.length == LENGTH
                && Arrays.equals(key, 0, PREFIX_BYTES.length, PREFIX_BYTES, 0, PREFIX_BYTES.length);
    }
}
