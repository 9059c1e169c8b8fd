package digitstream.demo;

import digitstream.avro.Accuracy;
import digitstream.common.Excerpt;
import digitstream.common.LiveLines;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Shows the progress of the demo: on a terminal, a few lines that are redrawn; elsewhere, a line every five seconds. */
final class DemoView {
    /** Below this width, a label has a line of its own. */
    private static final int NARROW = 60;

    private static final int LABEL_WIDTH = 13;
    private static final String NARROW_INDENT = "  ";
    private static final String GAP = "    ";

    private final PrintStream out;
    private final Optional<LiveLines> live;

    /**
     * Creates the view.
     *
     * @param live lines on {@code out} that can be redrawn; empty if it is no such terminal
     */
    DemoView(PrintStream out, Optional<LiveLines> live) {
        this.out = out;
        this.live = live;
    }

    /** Returns the interval between calls of {@link #draw}, in milliseconds. */
    long intervalMillis() {
        return live.isPresent() ? 500 : 5_000;
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
        if (live.isEmpty()) {
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
        int width = live.get().width();
        List<String> lines = new ArrayList<>();
        lines.addAll(fill(
                "images",
                List.of(
                        text("in %,9.0f/s", inPerSecond),
                        text("out %,9.0f/s", outPerSecond),
                        text("%,d produced", produced),
                        text("%,d predicted", tally.predicted())),
                width));
        lines.addAll(fill("accuracy", windows(tally.windows()), width));
        lines.addAll(fill(
                "latency",
                List.of(
                        text("p50 %,6d ms", tally.recentLatencyP50Millis()),
                        text("p99 %,6d ms", tally.recentLatencyP99Millis())),
                width));
        lines.addAll(fill(
                "batch",
                List.of(
                        text("%6.1f images", tally.recentBatchSize()),
                        text("lag %,9d", lag),
                        text("dead letters %,d", tally.deadLettered())),
                width));
        lines.add(text("  %,.0f s; press Ctrl-C to stop", seconds));
        live.get().draw(lines);
    }

    /** Returns the items after their label, in as many lines of this width as they need. */
    private static List<String> fill(String label, List<String> items, int width) {
        List<String> lines = new ArrayList<>();
        String indent = width < NARROW ? NARROW_INDENT + NARROW_INDENT : " ".repeat(LABEL_WIDTH);
        StringBuilder line = new StringBuilder(NARROW_INDENT + label);
        if (width < NARROW) {
            lines.add(line.toString());
            line.setLength(0);
        }
        for (String item : items) {
            if (line.length() > indent.length() && line.length() + GAP.length() + item.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() > indent.length() ? GAP : " ".repeat(indent.length() - line.length()));
            line.append(item);
        }
        lines.add(line.toString());
        return lines;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static List<String> windows(Map<String, Accuracy> windows) {
        if (windows.isEmpty()) {
            return List.of("no labels yet");
        }
        return windows.values().stream()
                .sorted((a, b) ->
                        rank(a) == rank(b) ? a.getWindow().compareTo(b.getWindow()) : Long.compare(rank(a), rank(b)))
                .map(window -> Excerpt.of(window.getWindow()) + " " + accuracy(window))
                .toList();
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
        return text("%.2f %% +-%.2f", 100 * window.getAccuracy(), 100 * halfWidth);
    }
}
