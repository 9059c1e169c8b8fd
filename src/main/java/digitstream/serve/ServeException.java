package digitstream.serve;

/** Thrown if a topology can't be started or has stopped. The message is one line for the user. */
public final class ServeException extends RuntimeException {
    private final boolean leavesThreads;

    ServeException(String message) {
        super(message);
        this.leavesThreads = false;
    }

    ServeException(String message, Throwable cause) {
        super(message, cause);
        this.leavesThreads = false;
    }

    private ServeException(String message, boolean leavesThreads) {
        super(message);
        this.leavesThreads = leavesThreads;
    }

    /** Returns an exception that says that threads go on, and may use native libraries. */
    static ServeException leavingThreads(String message) {
        return new ServeException(message, true);
    }

    /**
     * Whether this or a suppressed exception says that threads go on. The process must then end without the exit handlers of
     * native libraries, which free what the threads use.
     */
    public static boolean leavesThreads(Throwable failure) {
        if (failure instanceof ServeException serve && serve.leavesThreads) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (leavesThreads(suppressed)) {
                return true;
            }
        }
        return false;
    }
}
