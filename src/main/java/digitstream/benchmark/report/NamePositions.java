package digitstream.benchmark.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Places the names of lines beside their ends, so that they keep the order of the ends and do not overlap. */
final class NamePositions {
    /** The vertical distance below which two names would overlap. */
    static final int HEIGHT = 16;

    private NamePositions() {}

    /**
     * Returns where the names stand, in the order of the ends.
     *
     * @param ends where the lines end, counted from the top
     * @param bottom where the lowest name may stand, as far as there is room
     */
    static int[] of(List<Integer> ends, int bottom) {
        int[] fromTop = IntStream.range(0, ends.size())
                .boxed()
                .sorted(Comparator.comparing(ends::get))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] positions = new int[ends.size()];
        int free = Integer.MIN_VALUE;
        for (int i : fromTop) {
            positions[i] = Math.max(ends.get(i), free);
            free = positions[i] + HEIGHT;
        }
        int lowest = bottom;
        for (int n = fromTop.length - 1; n >= 0; n--) {
            positions[fromTop[n]] = Math.min(positions[fromTop[n]], lowest);
            lowest = positions[fromTop[n]] - HEIGHT;
        }
        return positions;
    }
}
