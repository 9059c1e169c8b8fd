package digitstream.cli;

/** A flag's value that can't be, or flags that don't go together: a wrong command line, and so an exit status of its own. */
final class UsageException extends UserException {
    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
