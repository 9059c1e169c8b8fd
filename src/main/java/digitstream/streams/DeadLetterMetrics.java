package digitstream.streams;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Counts dead letters. Safe for use by several threads. */
public final class DeadLetterMetrics {
    private final Map<DeadLetterReason, Counter> counters = new EnumMap<>(DeadLetterReason.class);

    /** Registers a counter for each reason, so that the first dead letter is an increase; both topologies' are the same. */
    public DeadLetterMetrics(MeterRegistry meters) {
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            counters.put(
                    reason,
                    Counter.builder("digits.dead.letters")
                            .description("Records that could not be read or classified, by reason.")
                            .tags("reason", reason.code())
                            .register(meters));
        }
    }

    public void count(DeadLetterReason reason) {
        Objects.requireNonNull(counters.get(reason)).increment();
    }
}
