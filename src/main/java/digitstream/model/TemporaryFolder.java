package digitstream.model;

import digitstream.common.NativeFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders for the files that DJL loads from disk. */
public final class TemporaryFolder {
    private TemporaryFolder() {}

    /**
     * Creates a folder in the system's temporary folder.
     *
     * @throws ModelException if that can't be used; the message names it and the remedy
     */
    public static Path create(String prefix) {
        try {
            return Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Returns the exception for a failure to write there, so that it is not taken for a failure of the model. */
    static ModelException failure(IOException failure) {
        Path folder = NativeFolder.temporary();
        return new ModelException(
                "the temporary folder " + folder + " "
                        + NativeFolder.fault(folder).orElse("can't be used (" + failure + ")")
                        + "; choose a writable folder with -Djava.io.tmpdir=DIR",
                failure);
    }
}
