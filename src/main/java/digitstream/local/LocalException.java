package digitstream.local;

/** Thrown if a child process does not start or does not respond. The message is one line for the user. */
public final class LocalException extends RuntimeException {
    public LocalException(String message) {
        super(message);
    }

    public LocalException(String message, Throwable cause) {
        super(message, cause);
    }
}
