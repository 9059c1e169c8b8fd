package digitstream.verdict;

/**
 * What a rule has found.
 *
 * @param rule the name of the rule, in kebab case
 * @param text what is wrong, in one sentence with its figure and without a full stop
 * @param sinceMillis when it began, in milliseconds since the epoch
 */
public record Finding(String rule, Level level, String text, long sinceMillis) {}
