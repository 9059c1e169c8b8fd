package digitstream.testing;

import java.time.Duration;

/** Waits for something that another process does. */
public final class Await {
    private Await() {}

    public interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits until it holds; fails, saying what did not happen, when it takes too long. */
    public static void until(String what, Duration atMost, Condition condition) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + atMost.toSeconds() + " s: " + what);
            }
            Thread.sleep(20);
        }
    }
}
