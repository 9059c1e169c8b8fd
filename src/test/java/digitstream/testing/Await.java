package digitstream.testing;

import java.time.Duration;

/** Waits for a condition that another process or thread fulfils. */
public final class Await {
    private Await() {}

    public interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits until the condition holds; fails with its name if it does not hold in time. */
    public static void until(String what, Duration atMost, Condition condition) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("timed out after " + atMost.toSeconds() + " s, waiting for: " + what);
            }
            Thread.sleep(20);
        }
    }
}
