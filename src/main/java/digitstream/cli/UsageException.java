package digitstream.cli;

/** An invalid option value or combination of options. The program exits with status 2. */
final class UsageException extends UserException {
    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
