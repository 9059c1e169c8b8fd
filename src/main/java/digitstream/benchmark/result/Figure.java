package digitstream.benchmark.result;

import java.util.Arrays;
import java.util.Collection;

/** A figure over several rounds. */
public record Figure(double median, double lowest, double highest) {
    /** Summarises one or more values. Of an even number, the median is the mean of the two in the middle. */
    public static Figure of(Collection<Double> rounds) {
        double[] sorted = rounds.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Figure(median, sorted[0], sorted[sorted.length - 1]);
    }
}
