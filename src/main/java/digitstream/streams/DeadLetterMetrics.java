package digitstream.streams;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Counts dead letters. Thread-safe. */
public final class DeadLetterMetrics {
    private final Map<DeadLetterReason, Counter> counters = new EnumMap<>(DeadLetterReason.class);

    /** Registers a counter for each reason, so that the first dead letter is an increase. Both topologies share them. */
    public DeadLetterMetrics(MeterRegistry meters) {
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            counters.put(
                    reason,
                    Counter.builder("digits.dead.letters")
                            .description("Records sent to the dead-letter topic, by reason.")
                            .tags("reason", reason.code())
                            .register(meters));
        }
    }

    public void count(DeadLetterReason reason) {
        Objects.requireNonNull(counters.get(reason)).increment();
    }
}
