package digitstream.common;

/** Finds what an exception goes back to. */
public final class Causes {
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

    /** Whether the exception or one in its chain of causes has this type. */
    public static boolean has(Throwable error, Class<? extends Throwable> type) {
        Throwable cause = error;
        while (cause != null && !type.isInstance(cause) && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return type.isInstance(cause);
    }
}
