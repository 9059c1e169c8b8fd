package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import digitstream.client.TopicAdmin;
import digitstream.model.ModelArtifact;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import digitstream.testing.Environment;
import digitstream.testing.SecuredBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Serves with the rights of the manual, and with one of them missing, on a broker with ACLs. */
@ExtendWith(Environment.Extension.class)
class AccessIT {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    @TempDir
    private static Path brokerFolder;

    private static SecuredBroker broker;

    @TempDir
    private Path folder;

    private final Settings settings = settings();
    private final Topics topics = settings.topics();

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new SecuredBroker(brokerFolder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static Settings settings() {
        String prefix = "a" + NAMES.incrementAndGet() + ".";
        Map<String, String> given = new HashMap<>(Map.of(
                "topic.images", prefix + "images",
                "topic.labels", prefix + "labels",
                "topic.predictions", prefix + "predictions",
                "topic.accuracy", prefix + "accuracy",
                "topic.models", prefix + "models",
                "topic.instances", prefix + "instances",
                "topic.dead.letters", prefix + "dead-letters",
                "topics.partitions", "2",
                "classify.application.id", prefix + "classify",
                "score.application.id", prefix + "score"));
        given.put("topic.challenger.predictions", prefix + "challenger.predictions");
        given.put("topic.comparisons", prefix + "comparisons");
        given.put("num.stream.threads", "1");
        return Settings.parse(given);
    }

    /** The rights that docs/operating.md lists. */
    private List<AclBinding> rights() {
        String classify = settings.classifyApplicationId();
        String score = settings.scoreApplicationId();
        List<AclBinding> rights = new ArrayList<>(List.of(
                right(TOPIC, topics.images(), LITERAL, READ),
                right(TOPIC, topics.predictions(), LITERAL, WRITE),
                right(TOPIC, topics.models(), LITERAL, READ),
                right(TOPIC, topics.models(), LITERAL, WRITE),
                right(TOPIC, topics.instances(), LITERAL, WRITE),
                right(TOPIC, topics.deadLetters(), LITERAL, WRITE),
                right(GROUP, classify, LITERAL, READ),
                right(TRANSACTIONAL_ID, classify + "-", PREFIXED, WRITE),
                right(TOPIC, topics.predictions(), LITERAL, READ),
                right(TOPIC, topics.labels(), LITERAL, READ),
                right(TOPIC, topics.challengerPredictions(), LITERAL, READ),
                right(TOPIC, topics.accuracy(), LITERAL, WRITE),
                right(TOPIC, topics.comparisons(), LITERAL, WRITE),
                right(GROUP, score, LITERAL, READ),
                right(TRANSACTIONAL_ID, score + "-", PREFIXED, WRITE)));
        for (AclOperation operation : List.of(CREATE, READ, WRITE, DELETE)) {
            rights.add(right(TOPIC, score + "-", PREFIXED, operation));
        }
        return rights;
    }

    private static AclBinding right(ResourceType type, String name, PatternType pattern, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:app", "*", operation, AclPermissionType.ALLOW));
    }

    private void prepare(Predicate<AclBinding> granted) throws Exception {
        try (Admin admin = broker.admin("admin")) {
            new TopicAdmin(admin, topics, settings.layout()).create();
            admin.createAcls(rights().stream().filter(granted).toList()).all().get();
        }
    }

    private List<String> startFaults(boolean classifies, boolean scores) throws Exception {
        try (Admin admin = broker.admin("app")) {
            return new StartChecks(admin, settings, classifies, scores).faults();
        }
    }

    @Test
    void servesWithTheRightsOfTheManual(Environment environment) throws Exception {
        prepare(right -> true);
        assertThat(startFaults(true, true)).isEmpty();
        AtomicBoolean ready = new AtomicBoolean();
        try (Admin admin = broker.admin("app");
                Serving serving = new Serving(true, true)) {
            serving.watchTopics(admin);
            assembly(environment).score(serving);
            assembly(environment).classify(serving, Optional.of(ModelArtifact.open(environment.model())));
            sendGarbage();
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            serving.runUntil(
                    millis -> {
                        Thread.sleep(millis);
                        return ready.get() || System.nanoTime() > end;
                    },
                    () -> ready.set(true));
        }
        assertThat(ready).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "images, READ, no right to Read topic 'images'",
        "predictions, WRITE, no right to Write topic 'predictions'",
        "predictions, READ, no right to Read topic 'predictions'",
        "labels, READ, no right to Read topic 'labels'",
        "challenger.predictions, READ, no right to Read topic 'challenger.predictions'",
        "accuracy, WRITE, no right to Write topic 'accuracy'",
        "comparisons, WRITE, no right to Write topic 'comparisons'",
        "models, READ, no right to Read topic 'models'",
        "models, WRITE, no right to Write topic 'models'",
        "instances, WRITE, no right to Write topic 'instances'",
        "dead-letters, WRITE, no right to Write topic 'dead-letters'",
        "classify, READ, no right to Read consumer group 'classify'",
        "score, READ, no right to Read consumer group 'score'",
    })
    void namesAMissingRightBeforeTheStart(String resource, AclOperation operation, String fault) throws Exception {
        String prefix = topics.images().substring(0, topics.images().indexOf('.') + 1);
        prepare(right -> !(right.pattern().name().equals(prefix + resource)
                && right.entry().operation() == operation));
        assertThat(startFaults(true, true)).singleElement().satisfies(line -> assertThat(line)
                .startsWith(fault.replace("'" + resource, "'" + prefix + resource))
                .contains("grant it with `kafka-acls.sh"));
    }

    @Test
    void needsOnlyTheRightsOfTheTopologyThatItRuns() throws Exception {
        List<String> ofScoring = List.of(
                topics.predictions() + " READ",
                topics.labels() + " READ",
                topics.challengerPredictions() + " READ",
                topics.accuracy() + " WRITE",
                topics.comparisons() + " WRITE",
                topics.deadLetters() + " WRITE",
                settings.scoreApplicationId() + " READ");
        prepare(right ->
                ofScoring.contains(right.pattern().name() + " " + right.entry().operation()));
        assertThat(startFaults(false, true)).isEmpty();
        assertThat(startFaults(true, false)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GROUP, READ, no right to Read consumer group '*score'; grant it with",
        "TRANSACTIONAL_ID, WRITE, no right to Write with transactional ids that start with '*score-'; grant it with",
        "TOPIC, CREATE, no right to Create",
    })
    void endsAtOnceAndNamesTheRightThatTheTopologyLacks(
            ResourceType type, AclOperation operation, String sentence, Environment environment) throws Exception {
        prepare(right -> !(right.pattern().resourceType() == type
                && right.pattern().name().startsWith(settings.scoreApplicationId())
                && right.entry().operation() == operation));
        String prefix = topics.images().substring(0, topics.images().indexOf('.') + 1);
        assertThat(failureOfScoring(environment))
                .isInstanceOf(ServeException.class)
                .hasMessageContaining("the topology 'scoring' has stopped: ")
                .hasMessageContaining(sentence.replace("*", prefix))
                .hasMessageContaining("`kafka-acls.sh");
    }

    @ParameterizedTest
    @CsvSource({"predictions, Read", "dead-letters, Write"})
    void endsAtOnceAndNamesTheTopicThatTheTopologyMayNotUse(String topic, String operation, Environment environment)
            throws Exception {
        prepare(right -> !right.pattern().name().endsWith("." + topic));
        sendGarbage();
        assertThat(failureOfScoring(environment))
                .isInstanceOf(ServeException.class)
                .hasMessageContaining("no right to " + operation + " topic '"
                        + topics.images().replace("images", topic) + "'; grant it with");
    }

    private Throwable failureOfScoring(Environment environment) throws Exception {
        long start = System.nanoTime();
        Throwable failure;
        // The rights are not checked before the start, as on brokers that do not tell them.
        try (Admin admin = broker.admin("app");
                Serving serving = new Serving(false, true)) {
            serving.watchTopics(admin);
            assembly(environment).score(serving);
            failure = catchThrowable(() -> serving.runUntil(
                    millis -> {
                        Thread.sleep(millis);
                        return System.nanoTime() - start > Duration.ofMinutes(2).toNanos();
                    },
                    () -> {}));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
        }
        return failure;
    }

    private TopologyAssembly assembly(Environment environment) {
        return new TopologyAssembly(settings, broker.clients("app"), folder.toString(), environment.schemas());
    }

    /** Makes dead letters. */
    private void sendGarbage() {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.copyOf(broker.clients("admin")), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topics.predictions(), "key".getBytes(UTF_8), "?".getBytes(UTF_8)));
        }
    }
}
