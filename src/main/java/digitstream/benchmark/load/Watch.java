package digitstream.benchmark.load;

import java.time.Duration;

/**
 * Reads the output of a pipeline from outside, committed records only, and counts it. The throughput is that of the last part of the
 * images, so that neither the start of the process nor the compilation of its hot code counts. Used by one thread.
 */
public interface Watch extends AutoCloseable {
    /** Counts the next records, or returns after this time. */
    void poll(Duration timeout);

    /** Returns how much has been counted: a number that grows as long as there is progress. */
    long progress();

    /** Returns whether every image has been counted. */
    boolean isComplete();

    /** Returns whether everything that is committed by now has been read. */
    boolean isAtEnd();

    /** Returns why the counts are not exact, or an empty string. */
    String fault();

    /** Returns the throughput of the complete run, in images a second. */
    double perSecond();

    @Override
    void close();
}
