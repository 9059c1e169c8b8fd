package digitstream.common;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what an exception goes back to. */
public final class Causes {
    /** Longer than any real chain, and an end to one that goes in a circle. */
    private static final int MAX_DEPTH = 100;

    private Causes() {}

    /** The last exception in the chain of causes; the exception itself where it has none. */
    public static Throwable root(Throwable error) {
        return root(error, Throwable.class);
    }

    /** The last exception in the chain of causes for as long as the causes are of this type. */
    public static Throwable root(Throwable error, Class<? extends Throwable> type) {
        Throwable root = error;
        while (type.isInstance(root.getCause()) && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    /** Throws what another thread has failed with, in the thread that waits for it; does nothing if it has not failed. */
    public static void rethrow(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    /** The first exception of this type in the chain, beginning with the exception itself; empty if there is none. */
    public static <T extends Throwable> Optional<T> first(Throwable error, Class<T> type) {
        @Nullable Throwable cause = error;
        for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
