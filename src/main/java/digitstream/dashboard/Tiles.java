package digitstream.dashboard;

import digitstream.verdict.Finding;
import digitstream.verdict.Level;
import digitstream.verdict.Observation;
import digitstream.verdict.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the verdict says about each figure of the page's first screen. A page may show another model version or another window than
 * the verdict is about, so each mark names what it is about. A figure without a mark was not judged.
 */
final class Tiles {
    /** The rule that makes the estimate worthless. */
    static final String IMAGES_UNLIKE = "images-unlike";

    private static final String ACCURACY = "accuracy";
    private static final String ESTIMATE = "estimate";
    private static final String RATE = "rate";
    private static final String LATENCY = "p99";
    private static final String LAG = "lag";
    private static final String COVERAGE = "coverage";
    private static final String DEAD_LETTERS = "dead";

    private static final List<String> ALL = List.of(ACCURACY, ESTIMATE, RATE, LATENCY, LAG, COVERAGE, DEAD_LETTERS);

    /** What a mark is about: the whole stream, the model version in service, or one window of it. */
    private enum Scope {
        STREAM,
        MODEL,
        /** The window whose accuracy was judged. */
        MEASURED,
        /** The minute whose estimate was judged. */
        ESTIMATED
    }

    private record Concern(String tile, Scope scope) {}

    /** The figures that a finding is about, by its rule. */
    static final Map<String, List<Concern>> CONCERNS = Map.ofEntries(
            Map.entry("brokers-away", List.of(new Concern(RATE, Scope.STREAM), new Concern(LAG, Scope.STREAM))),
            Map.entry("no-predictions", List.of(new Concern(RATE, Scope.STREAM))),
            Map.entry(
                    "labels-suspicious",
                    List.of(new Concern(ACCURACY, Scope.MODEL), new Concern(ESTIMATE, Scope.MODEL))),
            Map.entry("accuracy-low", List.of(new Concern(ACCURACY, Scope.MEASURED))),
            Map.entry("dead-letters", List.of(new Concern(DEAD_LETTERS, Scope.STREAM))),
            Map.entry(IMAGES_UNLIKE, List.of(new Concern(ESTIMATE, Scope.MODEL))),
            Map.entry("estimate-low", List.of(new Concern(ESTIMATE, Scope.ESTIMATED))),
            // Without labels, and while scoring is behind, the figures of every window are those of the past.
            Map.entry("no-labels", List.of(new Concern(COVERAGE, Scope.STREAM), new Concern(ACCURACY, Scope.STREAM))),
            Map.entry(
                    "version-unlabelled",
                    List.of(new Concern(COVERAGE, Scope.MODEL), new Concern(ACCURACY, Scope.MODEL))),
            Map.entry("classifying-behind", List.of(new Concern(LAG, Scope.STREAM))),
            Map.entry(
                    "scoring-behind",
                    List.of(
                            new Concern(LAG, Scope.STREAM),
                            new Concern(ACCURACY, Scope.STREAM),
                            new Concern(COVERAGE, Scope.STREAM))),
            Map.entry("latency-high", List.of(new Concern(LATENCY, Scope.STREAM))));

    /**
     * What the verdict says about a figure.
     *
     * @param level OK if the figure was judged and nothing was found
     * @param text the finding in words; empty if nothing was found
     * @param model the version that it is about, {@code <name>/<version>}; null for all
     * @param window the name of the window that it is about; null for all
     */
    record Mark(Level level, String text, @Nullable String model, @Nullable String window) {}

    /**
     * The names of the windows that were judged.
     *
     * @param measured the one whose accuracy was judged; null if none was
     * @param minute the window of a minute, whose estimate is judged
     */
    record Windows(@Nullable String measured, String minute) {}

    private final Map<String, List<Mark>> marks = new LinkedHashMap<>();
    private final Function<String, Windows> windows;

    private Tiles(Function<String, Windows> windows) {
        this.windows = windows;
        ALL.forEach(tile -> marks.put(tile, new ArrayList<>()));
    }

    /**
     * Returns the marks of each tile, by its name, the worst first.
     *
     * @param windows those that were judged of a model version
     */
    static Map<String, List<Mark>> of(Verdict verdict, Observation seen, Function<String, Windows> windows) {
        Tiles tiles = new Tiles(windows);
        for (Finding finding : verdict.findings()) {
            CONCERNS.getOrDefault(finding.rule(), List.of())
                    .forEach(concern -> tiles.mark(concern, finding.level(), finding.text(), finding.model()));
        }
        if (seen.brokersAwaySinceMillis().isEmpty()) {
            tiles.approve(seen);
        }
        return tiles.marks;
    }

    /** Marks what was judged. These marks come last, so they count only where nothing was found. */
    private void approve(Observation seen) {
        ok(RATE, Scope.STREAM, "");
        ok(DEAD_LETTERS, Scope.STREAM, "");
        if (seen.latencyP99Millis().isPresent()) {
            ok(LATENCY, Scope.STREAM, "");
        }
        if (seen.waitingImages().isPresent() && seen.waitingEvents().isPresent()) {
            ok(LAG, Scope.STREAM, "");
        }
        seen.models().forEach(version -> {
            if (version.measured().isPresent()) {
                ok(ACCURACY, Scope.MEASURED, version.name());
            }
            if (version.estimated()
                    .filter(estimated -> estimated.accuracy().isPresent())
                    .isPresent()) {
                ok(ESTIMATE, Scope.ESTIMATED, version.name());
            }
            if (seen.predictionsPerSecond() > 0 && seen.lastLabelMillis().isPresent()) {
                ok(COVERAGE, Scope.MODEL, version.name());
            }
        });
    }

    private void ok(String tile, Scope scope, String model) {
        mark(new Concern(tile, scope), Level.OK, "", model);
    }

    private void mark(Concern concern, Level level, String text, String model) {
        String window =
                switch (concern.scope()) {
                    case STREAM, MODEL -> null;
                    case MEASURED -> windows.apply(model).measured();
                    case ESTIMATED -> windows.apply(model).minute();
                };
        marks.computeIfAbsent(concern.tile(), ignored -> new ArrayList<>())
                .add(new Mark(level, text, concern.scope() == Scope.STREAM ? null : model, window));
    }
}
