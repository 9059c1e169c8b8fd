package digitstream.common;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out why a library can't unpack its native code to a folder and load it from there. */
public final class NativeFolder {
    private static final int PROBE_BYTES = 1 << 16;

    private NativeFolder() {}

    /** The folder for temporary files of this process. */
    public static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    }

    /** Why files can't be created in a folder, in a few words that follow its name; empty if they can. */
    public static Optional<String> fault(Path folder) {
        return fault(folder, false);
    }

    /** Why files can't be created in a folder or native code can't be run from it; empty if both can. */
    public static Optional<String> faultForCode(Path folder) {
        return fault(folder, true);
    }

    private static Optional<String> fault(Path folder, boolean forCode) {
        if (!Files.exists(folder)) {
            return Optional.of("does not exist");
        }
        if (!Files.isDirectory(folder)) {
            return Optional.of("is not a folder");
        }
        Path probe = null;
        try {
            probe = Files.createTempFile(folder, "digitstream", ".probe");
            Files.write(probe, new byte[PROBE_BYTES]);
            if (forCode
                    && FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwx------"));
                // The system denies execution to everybody, also to root, below a mount with the option noexec.
                return Files.isExecutable(probe)
                        ? Optional.empty()
                        : Optional.of("is mounted noexec, so that no native code can be loaded from it");
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(isFull(e) ? "is on a full disk" : "is not writable" + reason(e));
        } finally {
            deleteQuietly(probe);
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof FileSystemException known && known.getReason() != null
                ? " (" + known.getReason() + ")"
                : "";
    }

    /** Whether a failure is for lack of space. The texts are those of Linux, macOS and Windows. */
    public static boolean isFull(Throwable failure) {
        String message = String.valueOf(Causes.root(failure).getMessage());
        return message.contains("No space left")
                || message.contains("quota exceeded")
                || message.contains("not enough space");
    }

    private static void deleteQuietly(@Nullable Path probe) {
        try {
            if (probe != null) {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            // An empty file may stay; the folder's own fault has been found.
            probe.toFile().deleteOnExit();
        }
    }
}
