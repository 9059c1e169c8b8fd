package digitstream.benchmark.result;

import java.util.List;

/** The ids of rows that something asks for by name. */
public final class RowId {
    public static final String PASS_DEFAULT = "pass-default";
    public static final String PASS_TUNED = "pass-tuned";
    public static final String PER_RECORD = "per-record";
    public static final String LOOP = "loop";
    public static final String FLINK = "flink";
    public static final String EXACTLY_ONCE = "exactly-once";
    public static final String SCORE = "score";
    public static final String BOTH = "both";

    /** The model without Kafka, by batch size. */
    public static final String INFERENCE = "inference";

    /** Begins the id of each row of {@link #INFERENCE}. */
    public static final String INFERENCE_PREFIX = INFERENCE + "-";

    public static final String LATENCY_EXACTLY_ONCE = "latency-exactly-once";
    public static final String LATENCY_AT_LEAST_ONCE = "latency-at-least-once";

    private RowId() {}

    /** Returns whether a row is one of the programs that ours are compared with. */
    public static boolean isCompared(String id) {
        return List.of(PASS_DEFAULT, PASS_TUNED, PER_RECORD, LOOP, FLINK).contains(id);
    }
}
