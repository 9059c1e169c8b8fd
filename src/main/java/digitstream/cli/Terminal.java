package digitstream.cli;

import digitstream.common.LiveLines;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The terminal and the distribution. The launcher passes what Java can't determine itself as system properties.
 *
 * <p>Java has no call for the size of a terminal. {@code stty}, which POSIX requires, is asked about standard output and then about
 * the controlling terminal, once a second while something is drawn. That takes milliseconds, and follows a resize without a
 * handler of SIGWINCH. JLine would do the same with 1 MB of native code for each system; {@code COLUMNS} is a shell variable that
 * most shells do not export.
 */
final class Terminal {
    private static final long SIZE_VALID_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long STTY_TIMEOUT_MILLIS = 1_000;
    private static final Pattern ROWS_AND_COLUMNS = Pattern.compile("([1-9][0-9]{0,4}) ([1-9][0-9]{0,4})");
    private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,4}");

    private LiveLines.@Nullable Size size;
    private long sizeNanos;

    private Terminal() {}

    /** Returns whether standard output is a terminal that can redraw lines. */
    static boolean isInteractive() {
        return Boolean.getBoolean("digitstream.terminal") && canRedraw(System.getenv("TERM"));
    }

    /** Returns whether a terminal of this type has control sequences, of which {@code dumb} and an unnamed one have none. */
    static boolean canRedraw(@Nullable String type) {
        return type != null && !type.isBlank() && !type.equals("dumb") && !type.equals("unknown");
    }

    /** Returns a view on standard output; empty if that can't redraw lines. */
    static Optional<LiveLines> liveLines(PrintStream out) {
        return isInteractive() ? Optional.of(new LiveLines(out, new Terminal()::size)) : Optional.empty();
    }

    private LiveLines.Size size() {
        LiveLines.Size known = size;
        long now = System.nanoTime();
        if (known == null || now - sizeNanos > SIZE_VALID_NANOS) {
            known = List.of("/dev/fd/1", "/dev/tty").stream()
                    .flatMap(device -> stty(new File(device)).stream())
                    .findFirst()
                    .orElseGet(() -> sizeOf(System.getenv("COLUMNS"), System.getenv("LINES")));
            size = known;
            sizeNanos = now;
        }
        return known;
    }

    private static Optional<LiveLines.Size> stty(File terminal) {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(terminal)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream output = stty.getInputStream()) {
                if (stty.waitFor(STTY_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
                    return sizeOf(new String(output.readAllBytes(), StandardCharsets.US_ASCII));
                }
            } finally {
                stty.destroy();
            }
        } catch (IOException noSuchTerminalOrProgram) {
            // The next source is asked; the last one always has an answer.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /** Parses the output of {@code stty size}, which is {@code 0 0} for a terminal that does not know its size. */
    static Optional<LiveLines.Size> sizeOf(String output) {
        Matcher both = ROWS_AND_COLUMNS.matcher(output.strip());
        return both.matches()
                ? Optional.of(new LiveLines.Size(Integer.parseInt(both.group(2)), Integer.parseInt(both.group(1))))
                : Optional.empty();
    }

    static LiveLines.Size sizeOf(@Nullable String columns, @Nullable String lines) {
        return new LiveLines.Size(
                count(columns, LiveLines.Size.DEFAULT.columns()), count(lines, LiveLines.Size.DEFAULT.rows()));
    }

    private static int count(@Nullable String text, int otherwise) {
        return text != null && COUNT.matcher(text).matches() ? Integer.parseInt(text) : otherwise;
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
