package digitstream.dashboard;

/** The dashboard cannot be started. The message is one line for the user. */
public final class DashboardException extends RuntimeException {
    DashboardException(String message, Throwable cause) {
        super(message, cause);
    }
}
