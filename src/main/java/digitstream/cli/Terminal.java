package digitstream.cli;

import java.nio.file.Path;

/** Facts that the launcher passes as system properties, because Java can't determine them itself. */
final class Terminal {
    private Terminal() {}

    /** Returns whether standard output is a terminal. */
    static boolean isInteractive() {
        return Boolean.getBoolean("digitstream.terminal");
    }

    /** Returns the folder of the distribution, which child processes are started from. */
    static Path home() {
        String home = System.getProperty("digitstream.home");
        if (home == null) {
            throw new UserException(
                    "the system property digitstream.home is not set; start the program with scripts/digitstream");
        }
        return Path.of(home);
    }
}
