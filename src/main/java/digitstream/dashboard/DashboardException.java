package digitstream.dashboard;

/** The dashboard can't be started. The message is one line for people. */
public final class DashboardException extends RuntimeException {
    DashboardException(String message, Throwable cause) {
        super(message, cause);
    }
}
