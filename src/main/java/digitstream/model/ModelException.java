package digitstream.model;

import org.jspecify.annotations.Nullable;

/** Thrown if a model can't be read, loaded or run. The message is one line, written for users. */
public final class ModelException extends RuntimeException {
    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
