package digitstream.data;

import java.nio.file.Path;

/** Reads digits in one format. */
interface DigitReader {
    /** Whether a folder, or a file, looks as if it held this format; says nothing about whether it is sound. */
    boolean finds(Path path);

    /**
     * Reads the folder or the file.
     *
     * @throws DataException with one line that names the file and what is wrong with it
     */
    DigitData read(Path path);
}
