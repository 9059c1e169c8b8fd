package digitstream.cli;

import digitstream.client.ProducePlan;
import digitstream.common.Durations;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options that set the rate of images and the delay of labels. */
final class PaceOptions {
    @Option(
            names = "--rate",
            paramLabel = "N|max",
            defaultValue = "500",
            description = "Images per second, or max for no limit (default: ${DEFAULT-VALUE}).")
    private String rate = "500";

    @Option(
            names = "--label-delay",
            paramLabel = "TIME",
            defaultValue = "2s",
            description =
                    "The maximum delay of a label after its image, such as 500ms, 2s or 1m; each delay is random (default: ${DEFAULT-VALUE}).")
    private String labelDelay = "2s";

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The random seed of the label delays (default: ${DEFAULT-VALUE}).")
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
            // The exception below reports the text.
        }
        throw new UsageException("--rate is '" + rate + "'; use a number of images per second greater than 0, or max");
    }

    private Duration labelDelay() {
        return duration("--label-delay", labelDelay);
    }

    static Duration duration(String flag, String text) {
        return Durations.parse(text)
                .orElseThrow(() -> new UsageException(flag + " is '" + text + "'; use a time such as 500ms, 2s or 1m"));
    }
}
