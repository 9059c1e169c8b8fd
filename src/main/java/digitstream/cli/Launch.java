package digitstream.cli;

/**
 * The class that the jar starts. It refers to no library in its signature, so that Java can load it without them, and a missing one
 * is a line of text instead of a stack trace.
 */
public final class Launch {
    private static final int FAILURE = 1;

    private Launch() {}

    /** Runs {@link Main}. */
    public static void main(String[] arguments) {
        try {
            Main.main(arguments);
        } catch (LinkageError e) {
            System.err.println("digitstream: " + JavaErrors.explain(e));
            System.exit(FAILURE);
        }
    }
}
