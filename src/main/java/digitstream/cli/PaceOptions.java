package digitstream.cli;

import digitstream.client.ProducePlan;
import digitstream.common.Durations;
import digitstream.common.Excerpt;
import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options that set the rate of images and the delay of labels. */
final class PaceOptions {
    /** Java's own parser also accepts 5d, 0x1p3 and NaN. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]*\\.?[0-9]+(?:[eE][+-]?[0-9]{1,3})?");

    private static final double MIN_RATE = 1e-3;
    private static final double MAX_RATE = 1e9;
    private static final Duration MAX_DURATION = Duration.ofDays(3_650);

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
        return new ProducePlan(images, labels, rate(), limit, labelDelay(), seed, idPrefix);
    }

    private double rate() {
        if (rate.equals("max")) {
            return Double.POSITIVE_INFINITY;
        }
        if (NUMBER.matcher(rate).matches()) {
            double perSecond = Double.parseDouble(rate);
            if (perSecond >= MIN_RATE && perSecond <= MAX_RATE) {
                return perSecond;
            }
        }
        throw new UsageException("--rate is '" + Excerpt.of(rate)
                + "'; use a number of images per second from 0.001 to 1000000000, or max");
    }

    private Duration labelDelay() {
        return duration("--label-delay", labelDelay);
    }

    /** Parses a duration of at most ten years. Longer ones are mistakes, and overflow nanoseconds. */
    static Duration duration(String flag, String text) {
        return Durations.parse(text)
                .filter(duration -> duration.compareTo(MAX_DURATION) <= 0)
                .orElseThrow(() -> new UsageException(flag + " is '" + Excerpt.of(text)
                        + "'; use a time such as 500ms, 2s or 1m, of at most " + MAX_DURATION.toDays() + "d"));
    }
}
