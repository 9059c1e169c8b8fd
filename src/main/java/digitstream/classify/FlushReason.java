package digitstream.classify;

import java.util.Locale;

/** Why a batch was classified. */
enum FlushReason {
    /** The batch was full. */
    SIZE,
    /** The oldest image had waited for the maximum delay. */
    DELAY,
    /** A commit followed: at the commit interval, before partitions were revoked, or at shutdown. */
    COMMIT;

    /** The value of the metric's {@code reason} tag. */
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
