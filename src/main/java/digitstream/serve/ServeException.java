package digitstream.serve;

/** Thrown if a topology can't be started or has stopped. The message is one line for the user. */
public final class ServeException extends RuntimeException {
    ServeException(String message) {
        super(message);
    }

    ServeException(String message, Throwable cause) {
        super(message, cause);
    }
}
