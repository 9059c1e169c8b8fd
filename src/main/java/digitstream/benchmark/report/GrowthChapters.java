package digitstream.benchmark.report;

import digitstream.benchmark.report.GrowthChapter.Plot;
import digitstream.benchmark.report.GrowthChapter.Row;
import digitstream.benchmark.result.GrowthPlan;
import digitstream.benchmark.result.GrowthPoint;
import digitstream.benchmark.result.GrowthResult;
import digitstream.benchmark.result.Quantiles;
import digitstream.benchmark.result.StateOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Arranges what was measured in chapters, for the text and the page. */
final class GrowthChapters {
    private static final String NONE = "-";
    private static final double MEGA = 1e6;

    private GrowthChapters() {}

    static List<GrowthChapter> of(GrowthResult result) {
        GrowthPlan plan = result.plan();
        List<GrowthChapter> chapters = new ArrayList<>();
        if (!result.partitions().isEmpty()) {
            chapters.add(points(
                    "Partitions",
                    rateNote("Classifying exactly-once with 2 threads and batches of 256.", plan.partitionsPerSecond()),
                    "partitions",
                    result.partitions()));
        }
        if (!result.batches().isEmpty()) {
            chapters.add(points(
                    "Batches",
                    rateNote("Classifying exactly-once with 2 threads and 4 partitions.", plan.batchesPerSecond()),
                    "images in a batch",
                    result.batches()));
        }
        if (!result.records().isEmpty()) {
            chapters.add(records(result.records()));
        }
        if (!result.states().isEmpty()) {
            chapters.add(states(result.states(), plan.statePerSecond()));
        }
        result.bytes().ifPresent(bytes -> chapters.add(bytes(bytes)));
        return chapters;
    }

    private static String rateNote(String first, int perSecond) {
        return first + String.format(Locale.ROOT, " The latency is that at %,d images/s.", perSecond);
    }

    private static GrowthChapter points(String heading, String note, String varied, List<GrowthPoint> points) {
        List<Row> rows = points.stream()
                .map(point -> new Row(
                        List.of(
                                whole(point.value()),
                                cell(point.perSecond(), GrowthChapters::whole),
                                cell(point.millis().map(Quantiles::p50), BenchPage::time),
                                cell(point.millis().map(Quantiles::p99), BenchPage::time)),
                        point.problems().toList()))
                .toList();
        List<String> values = values(points);
        return new GrowthChapter(
                heading,
                note,
                List.of(varied, "images/s", "p50 ms", "p99 ms"),
                rows,
                List.of(
                        new Plot("Throughput, images/s", throughput(values, points)),
                        new Plot(
                                "Latency, ms",
                                LineChart.of(
                                        values,
                                        List.of(
                                                latency("p50", points, Quantiles::p50),
                                                latency("p99", points, Quantiles::p99)),
                                        BenchPage::time))));
    }

    private static List<String> values(List<GrowthPoint> points) {
        return points.stream().map(point -> whole(point.value())).toList();
    }

    private static LineChart throughput(List<String> values, List<GrowthPoint> points) {
        return LineChart.of(
                values,
                List.of(new LineChart.Figures(
                        "images/s", points.stream().map(GrowthPoint::perSecond).toList())),
                GrowthChapters::whole);
    }

    private static LineChart.Figures latency(
            String name, List<GrowthPoint> points, ToDoubleFunction<Quantiles> quantile) {
        return new LineChart.Figures(
                name,
                points.stream()
                        .map(point -> point.millis().map(quantile::applyAsDouble))
                        .toList());
    }

    private static GrowthChapter records(List<GrowthPoint> points) {
        return new GrowthChapter(
                "Records",
                "One run. Each figure is the throughput since the one before, the first one since 40 % of its images.",
                List.of("up to image", "images/s"),
                points.stream()
                        .map(point -> new Row(
                                List.of(whole(point.value()), cell(point.perSecond(), GrowthChapters::whole)),
                                point.problems().toList()))
                        .toList(),
                List.of(new Plot("Throughput, images/s", throughput(values(points), points))));
    }

    private static GrowthChapter states(List<StateOutcome> states, int perSecond) {
        List<Row> rows = states.stream()
                .map(state -> new Row(
                        List.of(
                                whole(state.minutes()),
                                whole(state.images()),
                                cell(disk(state), GrowthChapters::mega),
                                cell(changelog(state), GrowthChapters::mega),
                                cell(size(state, StateOutcome.Size::emptyStartSeconds), GrowthChapters::seconds),
                                cell(size(state, StateOutcome.Size::restartSeconds), GrowthChapters::seconds),
                                cell(size(state, StateOutcome.Size::restoreSeconds), GrowthChapters::seconds)),
                        state.problem().isEmpty() ? List.of() : List.of(state.problem())))
                .toList();
        List<String> values =
                states.stream().map(state -> whole(state.minutes()) + " min").toList();
        return new GrowthChapter(
                "State of scoring",
                String.format(Locale.ROOT, "Minutes of traffic at %,d images/s. ", perSecond)
                        + "Seconds from the start of the process to when it consumes: with no state yet; after kill -9"
                        + " with the state directory; after kill -9 with an empty one.",
                List.of("min", "images", "disk MB", "log MB", "new s", "kept s", "emptied s"),
                rows,
                List.of(
                        new Plot(
                                "Size, MB",
                                LineChart.of(
                                        values,
                                        List.of(
                                                figures("on disk", states, GrowthChapters::disk),
                                                figures("changelog", states, GrowthChapters::changelog)),
                                        GrowthChapters::mega)),
                        new Plot(
                                "Start, s",
                                LineChart.of(
                                        values,
                                        List.of(
                                                figures(
                                                        "directory kept",
                                                        states,
                                                        state -> size(state, StateOutcome.Size::restartSeconds)),
                                                figures(
                                                        "directory emptied",
                                                        states,
                                                        state -> size(state, StateOutcome.Size::restoreSeconds))),
                                        GrowthChapters::seconds))));
    }

    private static LineChart.Figures figures(
            String name, List<StateOutcome> states, Function<StateOutcome, Optional<Double>> figure) {
        return new LineChart.Figures(name, states.stream().map(figure).toList());
    }

    private static Optional<Double> size(StateOutcome state, ToDoubleFunction<StateOutcome.Size> figure) {
        return state.size().map(figure::applyAsDouble);
    }

    private static Optional<Double> disk(StateOutcome state) {
        return size(state, size -> size.diskBytes() / MEGA);
    }

    private static Optional<Double> changelog(StateOutcome state) {
        return size(state, size -> size.changelogBytes() / MEGA);
    }

    private static GrowthChapter bytes(GrowthResult.Bytes bytes) {
        return new GrowthChapter(
                "Bytes",
                "What a record takes in the brokers' logs, on average and of one replica.",
                List.of("record", "bytes"),
                List.of(
                        new Row(List.of("image, uncompressed", whole(bytes.image())), List.of()),
                        new Row(List.of("prediction, lz4", whole(bytes.prediction())), List.of())),
                List.of());
    }

    private static String cell(Optional<Double> figure, Function<Double, String> text) {
        return figure.map(text).orElse(NONE);
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String mega(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
