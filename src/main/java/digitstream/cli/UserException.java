package digitstream.cli;

/** A problem that the user can fix. The message says what is wrong and how to fix it, in one line. */
class UserException extends RuntimeException {
    UserException(String message) {
        super(message);
    }

    UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
