package digitstream.classify;

import java.util.Locale;

/** Why a batch was classified. */
enum FlushReason {
    /** It was full. */
    SIZE,
    /** Its oldest image had waited for the longest delay. */
    DELAY,
    /** A commit followed: at the commit interval, before partitions went elsewhere, or at the end. */
    COMMIT;

    /** As it stands in the metrics. */
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
