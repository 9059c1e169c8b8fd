package digitstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the program keeps files of the user: MNIST, the state of the topologies, and PyTorch's native library. A variable for the
 * purpose decides, then {@code HOME}, then the home folder in the password file. Java knows only the last, and calls it {@code ?}
 * where the user has none, as with the arbitrary user ids of OpenShift. Without a writable home folder the files go to a private
 * folder in the system's temporary folder, and a line says so.
 */
final class UserFolders {
    private static final String DJL_CACHE = "DJL_CACHE_DIR";
    private static final String USER_HOME = "user.home";
    private static final String NO_HOME = "?";

    /** Read before {@link #setUserHome} changes it. */
    private static final @Nullable String PASSWORD_FILE_HOME = System.getProperty(USER_HOME);

    private final Map<String, String> environment;
    private final @Nullable String passwordFileHome;
    private final Path temporary;
    private final Consumer<String> messages;

    /**
     * Decides for an environment.
     *
     * @param passwordFileHome what Java calls {@code user.home}
     * @param temporary the system's temporary folder
     * @param messages receives a line if files go to the temporary folder
     */
    UserFolders(
            Map<String, String> environment,
            @Nullable String passwordFileHome,
            Path temporary,
            Consumer<String> messages) {
        this.environment = environment;
        this.passwordFileHome = passwordFileHome;
        this.temporary = temporary;
        this.messages = messages;
    }

    /** Returns the folders of this process. */
    static UserFolders ofProcess() {
        return new UserFolders(
                System.getenv(),
                PASSWORD_FILE_HOME,
                Path.of(System.getProperty("java.io.tmpdir")),
                line -> System.err.println("digitstream: " + line));
    }

    /** Tells libraries that ask Java for the home folder, such as JNA, which would create a folder with the name {@code ?}. */
    void setUserHome() {
        Optional<String> home =
                value("HOME").filter(text -> Files.isDirectory(Path.of(text)) && Files.isWritable(Path.of(text)));
        if (home.isPresent() || passwordFileHome().isEmpty()) {
            System.setProperty(
                    USER_HOME, home.orElseGet(() -> privateTemporary().toString()));
        }
    }

    /** Returns the folder for MNIST. */
    Path mnist() {
        return folder("XDG_CACHE_HOME", Path.of(".cache")).resolve("mnist");
    }

    /** Returns the folder for the state of the topologies. */
    Path state() {
        return folder("XDG_STATE_HOME", Path.of(".local", "state"));
    }

    /** Tells DJL where to unpack PyTorch's native library; it asks for the home folder of the password file only. */
    void setEngineCache() {
        String chosen = value(DJL_CACHE)
                .or(() -> Optional.ofNullable(System.getProperty(DJL_CACHE)))
                .orElse(null);
        if (chosen != null) {
            // An image or installation may have unpacked it beforehand, for users who can only read it.
            if (!Files.isDirectory(Path.of(chosen, "pytorch"))) {
                Writable.requireFolder(DJL_CACHE, Path.of(chosen));
            }
            return;
        }
        System.setProperty(DJL_CACHE, home(Path.of(".djl.ai"), DJL_CACHE).toString());
    }

    private Path folder(String variable, Path belowHome) {
        return value(variable)
                .map(base -> Path.of(base).resolve("digitstream"))
                .orElseGet(() -> home(belowHome.resolve("digitstream"), variable));
    }

    /** Returns the folder below the first home folder in which it can be written. */
    private Path home(Path folder, String variable) {
        return Stream.of(value("HOME"), passwordFileHome())
                .flatMap(Optional::stream)
                .map(home -> Path.of(home).resolve(folder))
                .filter(UserFolders::isWritable)
                .findFirst()
                .orElseGet(() -> {
                    Path instead = privateTemporary().resolve(folder);
                    messages.accept("there is no writable home folder, so files go to " + instead + "; set HOME or "
                            + variable + " to choose another folder");
                    return instead;
                });
    }

    /**
     * Returns a folder of this user. Anybody may create a folder of this name beforehand and put a native library there, so one that
     * others own or may write to is refused.
     */
    private Path privateTemporary() {
        try {
            Path probe = Files.createTempFile(temporary, "digitstream", null);
            Object user = Files.getAttribute(probe, "unix:uid");
            Files.delete(probe);
            Path folder = temporary.resolve("digitstream-" + user);
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Set<PosixFilePermission> others =
                    EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
            others.retainAll(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS));
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    || !user.equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    || !others.isEmpty()) {
                throw new UserException("there is no writable home folder, and " + folder
                        + " belongs to somebody else; set HOME to a writable folder");
            }
            return folder;
        } catch (IOException | UnsupportedOperationException e) {
            throw new UserException(
                    "neither a home folder nor the temporary folder " + temporary
                            + " is writable; set HOME to a writable folder",
                    e);
        }
    }

    private Optional<String> passwordFileHome() {
        return Optional.ofNullable(passwordFileHome).filter(home -> !home.isBlank() && !home.equals(NO_HOME));
    }

    private static boolean isWritable(Path folder) {
        try {
            Writable.tryFolder(folder);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Optional<String> value(String variable) {
        return Optional.ofNullable(environment.get(variable)).filter(text -> !text.isBlank());
    }
}
