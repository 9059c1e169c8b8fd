package digitstream.benchmark.load;

import java.util.ArrayList;
import java.util.List;

/** Takes the times at which a count passes marks, and the throughput between them. Used by one thread. */
final class Stretches {
    private final List<Integer> marks = new ArrayList<>();
    private final List<Point> passed = new ArrayList<>();

    private record Point(int count, long nanos) {
        double perSecondUntil(Point end) {
            return (end.count - count) * 1e9 / Math.max(1, end.nanos - nanos);
        }
    }

    /**
     * Expects marks.
     *
     * @param warmUp the count at which the first stretch begins
     * @param marks the counts at which stretches end, in order
     */
    Stretches(int warmUp, List<Integer> marks) {
        this.marks.add(warmUp);
        this.marks.addAll(marks);
    }

    void count(int count, long nanos) {
        while (passed.size() < marks.size() && count >= marks.get(passed.size())) {
            passed.add(new Point(count, nanos));
        }
    }

    /** Returns the throughput of each stretch that has ended. */
    List<Double> perSecond() {
        List<Double> all = new ArrayList<>();
        for (int i = 1; i < passed.size(); i++) {
            all.add(passed.get(i - 1).perSecondUntil(passed.get(i)));
        }
        return all;
    }

    /** Returns the throughput from the end of the warm-up to the last mark that was passed; 0 if none was. */
    double perSecondOverall() {
        return passed.isEmpty() ? 0 : passed.get(0).perSecondUntil(passed.get(passed.size() - 1));
    }
}
