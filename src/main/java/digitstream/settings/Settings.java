package digitstream.settings;

import digitstream.common.EventTimeRange;
import digitstream.common.InferencePrecision;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All settings, with their defaults.
 *
 * @param topics the names of the topics
 * @param layout how the topics are created
 * @param classify how images are batched and classified
 * @param score how predictions are scored
 * @param challenge how challengers are compared with the champion
 * @param models where released models may be fetched from
 * @param verdict when the stream is in trouble
 * @param deadLettersMaxBytes the size of a dead letter at most; larger ones are truncated
 * @param classifyApplicationId the application id of the classifying topology: its consumer group and the prefix of its
 *     internal topics
 * @param scoreApplicationId the application id of the scoring topology
 * @param passedThrough all other settings, unchanged, for Kafka and the schema registry client
 */
public record Settings(
        Topics topics,
        TopicLayout layout,
        ClassifySettings classify,
        ScoreSettings score,
        ChallengeSettings challenge,
        ModelSettings models,
        VerdictSettings verdict,
        int deadLettersMaxBytes,
        String classifyApplicationId,
        String scoreApplicationId,
        Map<String, String> passedThrough) {

    /** Settings with this prefix apply to the classifying topology only and are passed to Kafka Streams without it. */
    public static final String CLASSIFY_PREFIX = "classify.";

    /** Settings with this prefix apply to the scoring topology only and are passed to Kafka Streams without it. */
    public static final String SCORE_PREFIX = "score.";

    /** Room for the headers of a dead letter and some of its record, in bytes. */
    public static final int MIN_DEAD_LETTERS_MAX_BYTES = 10_000;

    public Settings {
        passedThrough = Map.copyOf(passedThrough);
    }

    /**
     * Parses settings. Absent ones have their default.
     *
     * @throws InvalidSettingsException if any setting is invalid; lists all faults
     */
    public static Settings parse(Map<String, String> given) {
        return read(new SettingsReader(given));
    }

    /** Returns the names of all settings of our own; every other setting is passed through. */
    public static Set<String> names() {
        SettingsReader reader = new SettingsReader(Map.of());
        read(reader);
        return reader.known();
    }

    private static Settings read(SettingsReader reader) {
        Topics topics = new Topics(
                reader.topicName("topic.images", Topics.DEFAULT.images()),
                reader.topicName("topic.labels", Topics.DEFAULT.labels()),
                reader.topicName("topic.predictions", Topics.DEFAULT.predictions()),
                reader.topicName("topic.challenger.predictions", Topics.DEFAULT.challengerPredictions()),
                reader.topicName("topic.accuracy", Topics.DEFAULT.accuracy()),
                reader.topicName("topic.comparisons", Topics.DEFAULT.comparisons()),
                reader.topicName("topic.models", Topics.DEFAULT.models()),
                reader.topicName("topic.instances", Topics.DEFAULT.instances()),
                reader.topicName("topic.dead.letters", Topics.DEFAULT.deadLetters()));
        reader.requireDistinct("topic.", topics.all());
        TopicLayout layout = new TopicLayout(
                (int) reader.wholeNumber("topics.partitions", 4, 1, 10_000),
                (short) reader.wholeNumber("topics.replication.factor", TopicLayout.BROKER_DEFAULT, -1, 100),
                reader.millis("topic.images.retention.ms", Duration.ofDays(7)),
                reader.millis("topic.labels.retention.ms", Duration.ofDays(7)),
                reader.millis("topic.predictions.retention.ms", Duration.ofDays(7)),
                reader.millis("topic.accuracy.retention.ms", Duration.ofDays(30)),
                reader.millis("topic.dead.letters.retention.ms", Duration.ofDays(30)));
        if (layout.replicationFactor() == 0) {
            reader.fault("topics.replication.factor is 0; set it to 1 or more, or to -1 for the broker's default");
        }
        int batchMaxSize = (int) reader.wholeNumber("batch.max.size", 256, 1, 65_536);
        Duration batchMaxDelay = reader.millis("batch.max.delay.ms", Duration.ofMillis(10));
        Duration latencyTarget = reader.millis("latency.target.ms", Duration.ofMillis(90));
        InferencePrecision precision =
                reader.oneOf("inference.precision", InferencePrecision.values(), InferencePrecision.AUTO);
        EventTimeRange eventTimes = reader.eventTimes();
        ScoreSettings score = reader.score(eventTimes);
        ChallengeSettings challenge = reader.challenge(layout.accuracyRetention());
        ModelSettings models = reader.models();
        VerdictSettings verdict = reader.verdict();
        int deadLettersMaxBytes =
                (int) reader.wholeNumber("dead.letters.max.bytes", 1_000_000, MIN_DEAD_LETTERS_MAX_BYTES, 100_000_000);
        String classifyId = reader.name("classify.application.id", "digitstream-classify");
        String scoreId = reader.name("score.application.id", "digitstream-score");
        if (classifyId.equals(scoreId)) {
            reader.fault("classify.application.id and score.application.id are both '" + scoreId
                    + "'; give each topology its own id");
        }
        reader.finish();
        return new Settings(
                topics,
                layout,
                new ClassifySettings(batchMaxSize, batchMaxDelay, latencyTarget, precision, eventTimes),
                score,
                challenge,
                models,
                verdict,
                deadLettersMaxBytes,
                classifyId,
                scoreId,
                reader.rest());
    }

    /** The Kafka Streams settings of one topology. Settings with its prefix override those without. */
    public Map<String, String> streams(String prefix) {
        Map<String, String> all = new HashMap<>();
        Map<String, String> ofTopology = new TreeMap<>();
        passedThrough.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                ofTopology.put(name.substring(prefix.length()), value);
            } else if (!name.startsWith(CLASSIFY_PREFIX) && !name.startsWith(SCORE_PREFIX)) {
                all.put(name, value);
            }
        });
        all.putAll(ofTopology);
        return all;
    }
}
