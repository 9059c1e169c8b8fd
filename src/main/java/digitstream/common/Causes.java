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
}
