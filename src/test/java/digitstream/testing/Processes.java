package digitstream.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Ends the processes that tests start. */
public final class Processes {
    private Processes() {}

    /** Asks a process to end, and kills it if it does not end in time. */
    public static void stop(Process process, Duration atMost) {
        process.destroy();
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
