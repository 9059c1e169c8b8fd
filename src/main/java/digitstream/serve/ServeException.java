package digitstream.serve;

/** A topology cannot be started, or has stopped. The message is one line for people. */
public final class ServeException extends RuntimeException {
    ServeException(String message) {
        super(message);
    }

    ServeException(String message, Throwable cause) {
        super(message, cause);
    }
}
