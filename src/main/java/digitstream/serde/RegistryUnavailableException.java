package digitstream.serde;

/** Thrown if the schema registry is unreachable, rejects the request or fails. Says nothing about the record. */
public final class RegistryUnavailableException extends RuntimeException {
    public RegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
