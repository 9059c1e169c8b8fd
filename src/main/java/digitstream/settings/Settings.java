package digitstream.settings;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Everything that can be set, with its defaults, from names and values as a user writes them.
 *
 * @param topics the topics' names
 * @param layout how the topics are created
 * @param classify how images are batched
 * @param score how predictions are scored
 * @param classifyApplicationId the consumer group and the prefix of what the classifying topology keeps in Kafka
 * @param scoreApplicationId the same for the scoring topology
 * @param passedThrough all that is not ours, for Kafka and the schema registry's client, unchanged
 */
public record Settings(
        Topics topics,
        TopicLayout layout,
        ClassifySettings classify,
        ScoreSettings score,
        String classifyApplicationId,
        String scoreApplicationId,
        Map<String, String> passedThrough) {

    /** A setting of this prefix goes to Kafka Streams for the classifying topology only, without the prefix. */
    public static final String CLASSIFY_PREFIX = "classify.";

    /** A setting of this prefix goes to Kafka Streams for the scoring topology only, without the prefix. */
    public static final String SCORE_PREFIX = "score.";

    public Settings {
        passedThrough = Map.copyOf(passedThrough);
    }

    /**
     * Reads settings; what is absent has its default.
     *
     * @throws InvalidSettingsException with every fault at once, each naming its setting
     */
    public static Settings parse(Map<String, String> given) {
        return read(new SettingsReader(given));
    }

    /** The names of all settings that are ours, and not passed through. */
    public static Set<String> names() {
        SettingsReader read = new SettingsReader(Map.of());
        read(read);
        return read.known();
    }

    private static Settings read(SettingsReader read) {
        Topics topics = new Topics(
                read.topicName("topic.images", Topics.DEFAULT.images()),
                read.topicName("topic.labels", Topics.DEFAULT.labels()),
                read.topicName("topic.predictions", Topics.DEFAULT.predictions()),
                read.topicName("topic.accuracy", Topics.DEFAULT.accuracy()),
                read.topicName("topic.models", Topics.DEFAULT.models()),
                read.topicName("topic.dead.letters", Topics.DEFAULT.deadLetters()));
        read.requireDistinct("topic.", topics.all());
        TopicLayout layout = new TopicLayout(
                (int) read.wholeNumber("topics.partitions", 4, 1, 10_000),
                (short) read.wholeNumber("topics.replication.factor", TopicLayout.BROKERS_DEFAULT, -1, 100),
                read.millis("topic.images.retention.ms", Duration.ofDays(7)),
                read.millis("topic.labels.retention.ms", Duration.ofDays(7)),
                read.millis("topic.predictions.retention.ms", Duration.ofDays(7)),
                read.millis("topic.accuracy.retention.ms", Duration.ofDays(30)),
                read.millis("topic.dead.letters.retention.ms", Duration.ofDays(30)));
        if (layout.replicationFactor() == 0) {
            read.fault("topics.replication.factor is 0; give 1 or more, or -1 for the broker's default");
        }
        int batchMaxSize = (int) read.wholeNumber("batch.max.size", 256, 1, 65_536);
        Duration batchMaxDelay = read.millis("batch.max.delay.ms", Duration.ofMillis(20));
        ScoreSettings score = read.score();
        String classifyId = read.name("classify.application.id", "digitstream-classify");
        String scoreId = read.name("score.application.id", "digitstream-score");
        if (classifyId.equals(scoreId)) {
            read.fault("classify.application.id and score.application.id are both '" + scoreId
                    + "'; give each topology its own");
        }
        read.finish();
        return new Settings(
                topics,
                layout,
                new ClassifySettings(batchMaxSize, batchMaxDelay),
                score,
                classifyId,
                scoreId,
                read.rest());
    }

    /** What Kafka Streams gets for one of the topologies: all that is passed through, with its own prefix's on top. */
    public Map<String, String> streams(String prefix) {
        Map<String, String> all = new HashMap<>();
        Map<String, String> own = new TreeMap<>();
        passedThrough.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                own.put(name.substring(prefix.length()), value);
            } else if (!name.startsWith(CLASSIFY_PREFIX) && !name.startsWith(SCORE_PREFIX)) {
                all.put(name, value);
            }
        });
        all.putAll(own);
        return all;
    }
}
