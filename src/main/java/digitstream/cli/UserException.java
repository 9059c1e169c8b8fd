package digitstream.cli;

/** Something that the user can mend; the message says what and how, in one line. */
class UserException extends RuntimeException {
    UserException(String message) {
        super(message);
    }

    UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
