package digitstream.monitoring;

/** The metrics cannot be served. The message is one line for the user. */
public final class MonitoringException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MonitoringException(String message, Throwable cause) {
        super(message, cause);
    }
}
