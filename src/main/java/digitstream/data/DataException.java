package digitstream.data;

/** Thrown if digits can't be read or downloaded. The message is one line, written for users. */
public final class DataException extends RuntimeException {
    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
