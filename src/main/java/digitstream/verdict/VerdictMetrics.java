package digitstream.verdict;

import digitstream.settings.VerdictSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Exports the verdict and the bounds of its rules, so that alerts have neither rules nor bounds of their own. Levels are state
 * sets: one series for each level that is possible, 1 for the one that holds and 0 for the others.
 */
public final class VerdictMetrics {
    private static final String BOUND = "digits.verdict.bound";
    private static final String SETTING = "setting";
    private static final double MILLIS_PER_SECOND = 1_000;

    private VerdictMetrics() {}

    /** Registers a gauge for each bound. Another part of the process may have registered the same bounds before. */
    public static void registerBounds(MeterRegistry meters, VerdictSettings bounds) {
        bounds.bySetting().forEach((setting, value) -> {
            if (meters.find(BOUND).tag(SETTING, setting).gauge() == null) {
                Gauge.builder(BOUND, () -> value)
                        .description("The bounds of the verdict's rules, as in the settings: in milliseconds where the"
                                + " setting ends with .ms.")
                        .tag(SETTING, setting)
                        .register(meters);
            }
        });
    }

    /**
     * Registers gauges for the level, for each level of each rule, and for the time of the verdict.
     *
     * @param latest the verdict that holds
     * @param judgedMillis when it was made, in milliseconds since the epoch
     */
    public static void registerVerdict(MeterRegistry meters, Supplier<Verdict> latest, LongSupplier judgedMillis) {
        for (Level level : Level.values()) {
            Gauge.builder("digits.verdict.level", () -> oneIf(latest.get().level() == level))
                    .description("The level of the verdict: 1 for the one that holds, 0 for the others.")
                    .tag("level", level.code())
                    .register(meters);
        }
        for (Rule rule : new Rules(VerdictSettings.DEFAULT).all()) {
            for (Level level : rule.levels()) {
                Gauge.builder("digits.verdict.finding", () -> oneIf(latest.get().has(rule.name(), level)))
                        .description(
                                "What the rules of the verdict find: 1 for the level that a rule finds, otherwise 0.")
                        .tag("rule", rule.name())
                        .tag("level", level.code())
                        .register(meters);
            }
        }
        Gauge.builder("digits.verdict.timestamp", () -> judgedMillis.getAsLong() / MILLIS_PER_SECOND)
                .description("When the stream was judged last, in seconds since the epoch.")
                .baseUnit("seconds")
                .register(meters);
    }

    private static int oneIf(boolean condition) {
        return condition ? 1 : 0;
    }
}
