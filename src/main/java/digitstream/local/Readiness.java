package digitstream.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Waits for a server to become ready. */
final class Readiness {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private Readiness() {}

    interface Check {
        boolean holds() throws InterruptedException;
    }

    static void await(String name, JavaProcess process, Check ready) throws InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!ready.holds()) {
            if (!process.isAlive()) {
                throw new LocalException(name + " did not start: " + process.firstError());
            }
            if (System.nanoTime() > deadline) {
                throw new LocalException(
                        name + " was not ready within " + TIMEOUT.toSeconds() + " s: " + process.firstError());
            }
            Thread.sleep(INTERVAL.toMillis());
        }
    }

    static boolean logContains(Path log, String text) {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.contains(text));
        } catch (IOException notYet) {
            return false;
        }
    }
}
