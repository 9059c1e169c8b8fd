package digitstream.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Checks that results can be written, before the work that makes them. Tries it instead of looking at permissions, which say little
 * to root, on a read-only file system or in {@code /proc}. Leaves nothing behind.
 */
final class Writable {
    private Writable() {}

    /**
     * Checks that files can be created in a folder, which need not exist yet.
     *
     * @param what for the message: the flag, setting or variable that names the folder
     */
    static void requireFolder(String what, Path folder) {
        try {
            tryFolder(folder);
        } catch (IOException e) {
            throw new UserException(
                    what + " is " + folder + ", where nothing can be written (" + reason(e)
                            + "); name a writable folder",
                    e);
        }
    }

    /** Checks that a file can be created or, if it exists, overwritten. */
    static void requireFile(String flag, Path file) {
        boolean existed = Files.exists(file);
        try {
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
            if (!existed) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw cannotWrite(flag, file, e);
        }
    }

    static UserException cannotWrite(String flag, Path file, IOException cause) {
        return new UserException(
                flag + " " + file + " can't be written (" + reason(cause) + "); name a file in a writable folder",
                cause);
    }

    /** Creates a file in the folder and deletes it, with the folders that had to be created for it. */
    static void tryFolder(Path folder) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path path = folder.toAbsolutePath().normalize();
                path != null && !Files.exists(path);
                path = path.getParent()) {
            missing.push(path);
        }
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".writable", null));
        } finally {
            while (!missing.isEmpty()) {
                deleteIfEmpty(missing.removeLast());
            }
        }
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            if (Files.exists(folder)) {
                Files.delete(folder);
            }
        } catch (DirectoryNotEmptyException inUse) {
            // Another process has put something there in the meantime.
        }
    }

    /** Returns what the operating system said, without the name of the file. */
    static String reason(IOException e) {
        if (e instanceof FileAlreadyExistsException inTheWay) {
            return inTheWay.getFile() + " is a file";
        }
        if (e instanceof NoSuchFileException) {
            return "the folder does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileSystemException named && named.getReason() != null) {
            return named.getReason();
        }
        return String.valueOf(e.getMessage());
    }
}
