package digitstream.cli;

import java.nio.file.Path;

/** What the launcher knows of the process's surroundings, which Java can't find out itself. */
final class Terminal {
    private Terminal() {}

    /** Whether standard output is a terminal. */
    static boolean isInteractive() {
        return Boolean.getBoolean("digitstream.terminal");
    }

    /** The folder of the distribution, from where child processes are started. */
    static Path home() {
        String home = System.getProperty("digitstream.home");
        if (home == null) {
            throw new UserException(
                    "the system property digitstream.home is not set; start this with scripts/digitstream");
        }
        return Path.of(home);
    }
}
