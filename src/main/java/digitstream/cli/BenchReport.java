package digitstream.cli;

import digitstream.benchmark.Bench;
import digitstream.benchmark.BenchSetup;
import digitstream.benchmark.Growth;
import digitstream.benchmark.report.BenchJson;
import digitstream.benchmark.report.BenchPage;
import digitstream.benchmark.report.BenchText;
import digitstream.benchmark.report.GrowthJson;
import digitstream.benchmark.report.GrowthPage;
import digitstream.benchmark.report.GrowthText;
import digitstream.benchmark.result.BenchPlan;
import digitstream.benchmark.result.BenchResult;
import digitstream.benchmark.result.GrowthPlan;
import digitstream.benchmark.result.GrowthResult;
import java.util.Map;

/**
 * What {@code digitstream bench} reports.
 *
 * @param text for standard output
 * @param files for the folder that the user names, by their names
 * @param isSound whether nothing was void or failed
 */
record BenchReport(String text, Map<String, String> files, boolean isSound) {
    BenchReport {
        files = Map.copyOf(files);
    }

    /** Measures what a user has asked for. */
    interface Measurement {
        BenchReport run(BenchSetup setup) throws InterruptedException;
    }

    /** Measures throughput and latency beside other programs. */
    static Measurement of(BenchPlan plan) {
        return setup -> {
            BenchResult result = new Bench(setup, plan).run();
            return new BenchReport(
                    BenchText.of(result),
                    Map.of("bench.json", BenchJson.of(result), "bench.html", BenchPage.of(result)),
                    result.isSound());
        };
    }

    /** Measures how cost grows. */
    static Measurement of(GrowthPlan plan) {
        return setup -> {
            GrowthResult result = new Growth(setup, plan).run();
            return new BenchReport(
                    GrowthText.of(result),
                    Map.of("growth.json", GrowthJson.of(result), "growth.html", GrowthPage.of(result)),
                    result.isSound());
        };
    }
}
