package digitstream.model;

/** A model could not be read, loaded or run; the message is one line for people. */
public final class ModelException extends RuntimeException {
    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
