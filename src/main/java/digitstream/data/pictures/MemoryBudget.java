package digitstream.data.pictures;

import java.util.concurrent.Semaphore;

/** Lets threads decode pictures at the same time as long as these fit into a part of the heap together. Thread-safe. */
final class MemoryBudget {
    private static final int UNIT_BYTES = 1 << 20;

    private final int units;
    private final Semaphore free;

    MemoryBudget(long bytes) {
        this.units = (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / UNIT_BYTES));
        this.free = new Semaphore(units);
    }

    /** Memory that one thread holds. Closing gives it back. */
    final class Share implements AutoCloseable {
        private int held;

        /** Takes memory, once, and waits for it if others have it. More than the whole budget counts as the whole budget. */
        void take(long bytes) {
            int wanted = (int) Math.max(1, Math.min(units, bytes / UNIT_BYTES));
            free.acquireUninterruptibly(wanted);
            held = wanted;
        }

        @Override
        public void close() {
            free.release(held);
        }
    }
}
