package digitstream.classify;

import java.util.Locale;

/** Why a batch was classified. */
enum FlushReason {
    /** The batch was full. */
    SIZE,
    /** The poll returned no more images of the partition. */
    POLL;

    /** The value of the metric's {@code reason} tag. */
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
