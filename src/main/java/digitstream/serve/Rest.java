package digitstream.serve;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Makes a thread rest nine times as long as it has worked since the last rest. Used by the thread that created it. */
final class Rest implements Runnable {
    private static final int SHARE = 10;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final BooleanSupplier hurry;
    private long workedNanos = THREADS.getCurrentThreadCpuTime();

    /**
     * Starts to count.
     *
     * @param hurry ends a rest when it returns true
     */
    Rest(BooleanSupplier hurry) {
        this.hurry = hurry;
    }

    @Override
    public void run() {
        long end = System.nanoTime() + (THREADS.getCurrentThreadCpuTime() - workedNanos) * (SHARE - 1);
        while (System.nanoTime() < end
                && !hurry.getAsBoolean()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Math.min(STEP_NANOS, end - System.nanoTime()));
        }
        workedNanos = THREADS.getCurrentThreadCpuTime();
    }
}
