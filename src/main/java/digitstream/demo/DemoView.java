package digitstream.demo;

import digitstream.avro.Accuracy;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows the progress of the demo: on a terminal, a few lines that are redrawn; elsewhere, a line every five seconds. */
final class DemoView {
    private final PrintStream out;
    private final boolean terminal;
    private int linesDrawn;

    DemoView(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Returns the interval between calls of {@link #draw}, in milliseconds. */
    long intervalMillis() {
        return terminal ? 500 : 5_000;
    }

    /**
     * Prints the current figures.
     *
     * @param produced images produced so far
     * @param inPerSecond images produced per second since the last call
     * @param outPerSecond images predicted per second since the last call
     * @param lag images that the classifying topology has not yet committed
     * @param seconds since the start
     */
    void draw(long produced, double inPerSecond, double outPerSecond, long lag, Tally.Snapshot tally, double seconds) {
        if (!terminal) {
            out.printf(
                    Locale.ROOT,
                    "%5.0f s  in %,.0f/s  out %,.0f/s  accuracy %s  latency p50 %d ms p99 %d ms  batch %.0f  lag %,d  dead letters %d%n",
                    seconds,
                    inPerSecond,
                    outPerSecond,
                    accuracy(tally.windows().get("all")),
                    tally.recentLatencyP50Millis(),
                    tally.recentLatencyP99Millis(),
                    tally.recentBatchSize(),
                    lag,
                    tally.deadLettered());
            return;
        }
        List<String> lines = List.of(
                String.format(
                        Locale.ROOT,
                        "  images     in %,9.0f/s    out %,9.0f/s    %,d produced, %,d predicted",
                        inPerSecond,
                        outPerSecond,
                        produced,
                        tally.predicted()),
                "  accuracy   " + windows(tally.windows()),
                String.format(
                        Locale.ROOT,
                        "  latency    p50 %,6d ms     p99 %,6d ms      (event time to committed prediction)",
                        tally.recentLatencyP50Millis(),
                        tally.recentLatencyP99Millis()),
                String.format(
                        Locale.ROOT,
                        "  batch      %6.1f images    lag %,9d      dead letters %,d",
                        tally.recentBatchSize(),
                        lag,
                        tally.deadLettered()),
                String.format(Locale.ROOT, "  %,.0f s; press Ctrl-C to stop", seconds));
        if (linesDrawn > 0) {
            // Move the cursor up to the first line, and clear to the end of the screen.
            out.printf("\033[%dA\033[J", linesDrawn);
        }
        lines.forEach(out::println);
        out.flush();
        linesDrawn = lines.size();
    }

    private static String windows(Map<String, Accuracy> windows) {
        if (windows.isEmpty()) {
            return "no labels yet";
        }
        StringBuilder text = new StringBuilder();
        windows.values().stream()
                .sorted((a, b) ->
                        rank(a) == rank(b) ? a.getWindow().compareTo(b.getWindow()) : Long.compare(rank(a), rank(b)))
                .forEach(window -> text.append(window.getWindow())
                        .append(' ')
                        .append(accuracy(window))
                        .append("    "));
        return text.toString().stripTrailing();
    }

    /** Returns the length of the window in milliseconds; the window since the start ranks last. */
    private static long rank(Accuracy window) {
        return window.getWindowStart() == null
                ? Long.MAX_VALUE
                : window.getWindowEnd().toEpochMilli() - window.getWindowStart().toEpochMilli();
    }

    private static String accuracy(@org.jspecify.annotations.Nullable Accuracy window) {
        if (window == null || window.getAccuracy() == null) {
            return "-";
        }
        double halfWidth = (window.getAccuracyHigh() - window.getAccuracyLow()) / 2;
        return String.format(Locale.ROOT, "%.2f %% +-%.2f", 100 * window.getAccuracy(), 100 * halfWidth);
    }
}
