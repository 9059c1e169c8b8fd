package digitstream.serde;

/** The schema registry gave no usable answer: it is away, refuses our credentials or fails. Says nothing about the record. */
public final class RegistryUnavailableException extends RuntimeException {
    public RegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
