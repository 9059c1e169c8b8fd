package digitstream.verdict;

/**
 * What a rule has found.
 *
 * @param rule the name of the rule, in kebab case
 * @param text what is wrong, in one sentence with its figure and without a full stop
 * @param sinceMillis when it began, in milliseconds since the epoch
 * @param model the version that it is about, {@code <name>/<version>}; empty if it is about the stream
 */
public record Finding(String rule, Level level, String text, long sinceMillis, String model) {
    /** Creates a finding about the stream. */
    public Finding(String rule, Level level, String text, long sinceMillis) {
        this(rule, level, text, sinceMillis, "");
    }
}
