package digitstream.monitoring;

/** The metrics can't be served. The message is one line for people. */
public final class MonitoringException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MonitoringException(String message, Throwable cause) {
        super(message, cause);
    }
}
