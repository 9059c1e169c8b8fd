package digitstream.benchmark;

import java.time.Duration;

/**
 * Reads the output of a pipeline from outside, committed records only, and counts it. The throughput is that between the moment when
 * a tenth of the images could be read and the moment when all could, so that the start of the process does not count. Used by one
 * thread.
 */
interface Watch extends AutoCloseable {
    /** The share of the images after which the time is taken. */
    double WARM_UP = 0.1;

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
