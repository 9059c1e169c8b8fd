package digitstream.benchmark;

import digitstream.benchmark.result.BenchPlan;
import digitstream.benchmark.result.LatencyOutcome;
import digitstream.benchmark.result.LatencyResult;
import digitstream.benchmark.result.Outcome;
import digitstream.benchmark.result.RowId;
import digitstream.benchmark.result.RowResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/**
 * Runs the rows in rounds. Each round runs every row once, in another order, so that what changes on the machine meanwhile affects
 * all of them. Used by one thread.
 */
final class Rounds {
    /** So that little is left to compile. */
    private static final Duration WARM_UP = Duration.ofSeconds(15);

    private static final Duration PHASE = Duration.ofSeconds(5);
    private static final Duration QUICK_PHASE = Duration.ofSeconds(2);
    private static final int LONE = 25;
    private static final int QUICK_LONE = 10;

    /** The latency rows, with their guarantees. */
    private static final Map<String, String> GUARANTEES =
            Map.of(RowId.LATENCY_EXACTLY_ONCE, "exactly_once_v2", RowId.LATENCY_AT_LEAST_ONCE, "at_least_once");

    private final BenchSetup setup;
    private final BenchPlan plan;
    private final RowRunner runner;
    private final InferenceRunner inference;
    private final LatencyRunner latency;
    private final Map<String, List<Outcome>> outcomes = new HashMap<>();
    private final Map<String, List<LatencyOutcome>> latencies = new HashMap<>();

    Rounds(BenchSetup setup, BenchPlan plan, RowRunner runner) {
        this.setup = setup;
        this.plan = plan;
        this.runner = runner;
        this.inference = new InferenceRunner(setup.cluster(), setup.model());
        this.latency = new LatencyRunner(
                setup,
                plan.quick() ? QUICK_PHASE : WARM_UP,
                plan.quick() ? QUICK_PHASE : PHASE,
                plan.quick() ? QUICK_LONE : LONE,
                plan.seed());
    }

    /** A part of a round. */
    private interface Step {
        void run(int round) throws InterruptedException;
    }

    /**
     * Runs all rounds, or fewer if a stop is requested.
     *
     * @param rows of throughput
     * @param unscored why there are no predictions to score, if so
     */
    void run(List<Row> rows, Optional<String> unscored) throws InterruptedException {
        List<Step> steps = new ArrayList<>();
        for (Row row : rows) {
            steps.add(round -> run(row, unscored, round));
        }
        if (plan.has(RowId.INFERENCE)) {
            steps.add(this::runInference);
        }
        GUARANTEES.keySet().stream()
                .filter(plan::has)
                .sorted()
                .forEach(id -> steps.add(round -> runLatency(id, round)));
        Collections.shuffle(steps, new Random(plan.seed()));
        int shift = Math.max(1, steps.size() / plan.rounds());
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Step step : steps) {
                if (setup.stopRequested()) {
                    return;
                }
                step.run(round);
            }
            Collections.rotate(steps, shift);
        }
    }

    private void run(Row row, Optional<String> unscored, int round) throws InterruptedException {
        Outcome outcome = row.output() == Row.Output.SCORES && unscored.isPresent()
                ? new Outcome.Failed("no predictions to score: " + unscored.get())
                : runner.run(row, row.id() + "-" + round);
        add(row.id(), row.title(), outcome, round);
    }

    private void runInference(int round) throws InterruptedException {
        Map<String, Outcome> measured = inference.run();
        for (int batch : InferenceRunner.BATCHES) {
            String id = InferenceRunner.id(batch);
            Outcome outcome = measured.get(id);
            if (outcome != null) {
                add(id, inferenceTitle(batch), outcome, round);
            }
        }
    }

    private static String inferenceTitle(int batch) {
        return String.format(Locale.ROOT, "the model alone, batches of %,d", batch);
    }

    private void add(String id, String title, Outcome outcome, int round) {
        outcomes.computeIfAbsent(id, first -> new ArrayList<>()).add(outcome);
        String text = outcome instanceof Outcome.Measured measured
                ? String.format(Locale.ROOT, "%,9.0f images/s", measured.perSecond())
                : new RowResult(id, title, List.of(outcome)).problem().orElse("");
        report(round, title, text);
    }

    private void runLatency(String id, int round) throws InterruptedException {
        LatencyOutcome outcome = latency.run(Objects.requireNonNull(GUARANTEES.get(id)), id + "-" + round);
        latencies.computeIfAbsent(id, first -> new ArrayList<>()).add(outcome);
        String text = outcome.problem().isEmpty()
                ? String.format(
                        Locale.ROOT,
                        "p99 %,.0f ms at %,.0f images/s",
                        outcome.loads().get(1).millis().p99(),
                        outcome.loads().get(1).perSecond())
                : outcome.problem();
        report(round, latencyTitle(id), text);
    }

    private static String latencyTitle(String id) {
        return id.equals(RowId.LATENCY_EXACTLY_ONCE) ? "latency, exactly-once" : "latency, at-least-once";
    }

    private void report(int round, String title, String text) {
        setup.report(String.format(Locale.ROOT, "round %d of %d  %-44s %s", round, plan.rounds(), title, text));
    }

    /** Returns the results of these rows and of the model alone. */
    List<RowResult> rows(List<Row> rows) {
        Map<String, String> titles = new LinkedHashMap<>();
        rows.forEach(row -> titles.put(row.id(), row.title()));
        InferenceRunner.BATCHES.forEach(batch -> titles.put(InferenceRunner.id(batch), inferenceTitle(batch)));
        List<RowResult> results = new ArrayList<>();
        titles.forEach((id, title) -> {
            List<Outcome> all = outcomes.get(id);
            if (all != null) {
                results.add(new RowResult(id, title, all));
            }
        });
        return results;
    }

    /** Returns the latencies, by guarantee. */
    List<LatencyResult> latencies() {
        List<LatencyResult> results = new ArrayList<>();
        for (String id : List.of(RowId.LATENCY_EXACTLY_ONCE, RowId.LATENCY_AT_LEAST_ONCE)) {
            List<LatencyOutcome> all = latencies.get(id);
            if (all != null) {
                results.add(LatencyResult.of(id, latencyTitle(id), all));
            }
        }
        return results;
    }
}
