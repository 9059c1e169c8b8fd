package digitstream.data.files;

import java.io.IOException;

/** Thrown if a file does not hold what its name says. The message follows the file's name in a sentence: "is empty". */
public final class UnreadableFileException extends IOException {
    private static final long serialVersionUID = 1;

    public UnreadableFileException(String message) {
        super(message);
    }
}
