package digitstream.cli;

import digitstream.client.ProducePlan;
import digitstream.common.Durations;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How fast images and labels are produced. */
final class PaceOptions {
    @Option(
            names = "--rate",
            paramLabel = "N|max",
            defaultValue = "500",
            description = "Images a second, or max for as many as can be (default: ${DEFAULT-VALUE}).")
    private String rate = "500";

    @Option(
            names = "--label-delay",
            paramLabel = "TIME",
            defaultValue = "2s",
            description =
                    "A label follows its image after a random time up to this, as in 500ms, 2s or 1m (default: ${DEFAULT-VALUE}).")
    private String labelDelay = "2s";

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the labels' delays (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    ProducePlan plan(boolean images, boolean labels, long limit, String idPrefix) {
        return new ProducePlan(images, labels, rate(), Math.max(0, limit), labelDelay(), seed, idPrefix);
    }

    boolean isMax() {
        return rate.equals("max");
    }

    private double rate() {
        if (isMax()) {
            return Double.POSITIVE_INFINITY;
        }
        try {
            double perSecond = Double.parseDouble(rate);
            if (perSecond > 0 && perSecond <= 1e9) {
                return perSecond;
            }
        } catch (NumberFormatException notANumber) {
            // The error below says so.
        }
        throw new UsageException("--rate is '" + rate + "'; give a number of images a second over 0, or max");
    }

    private Duration labelDelay() {
        return duration("--label-delay", labelDelay);
    }

    static Duration duration(String flag, String text) {
        return Durations.parse(text)
                .orElseThrow(() -> new UsageException(flag + " is '" + text + "'; give a time like 500ms, 2s or 1m"));
    }
}
