package digitstream.data;

import java.nio.file.Path;

/** Reads digits in one format. */
interface DigitReader {
    /** Whether a folder or file appears to hold this format. Checks names only, not content. */
    boolean finds(Path path);

    /**
     * Reads a folder or file.
     *
     * @throws DataException if it can't be read; the message is one line that names the file and the fault
     */
    DigitData read(Path path);
}
