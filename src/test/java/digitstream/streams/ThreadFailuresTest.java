package digitstream.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.MissingInternalTopicsException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.TopologyException;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ThreadFailuresTest {
    private static final class Away extends RuntimeException {}

    private final ThreadFailures failures = new ThreadFailures(
            new TopologyTopics("app", Set.of("in"), Set.of("out"), Set.of("app-sums-repartition"), List.of()),
            List.of(Away.class));

    private static Arguments failure(Throwable failure, String... expected) {
        return Arguments.of(failure, List.of(expected));
    }

    private static StreamsException sending(String topic, RuntimeException cause) {
        return new StreamsException(
                "Error encountered sending record to topic " + topic + " for task 0_1 due to:\n" + cause, cause);
    }

    static Stream<Arguments> permanent() {
        return Stream.of(
                failure(
                        new StreamsException(new TopicAuthorizationException(Set.of("in"))),
                        "no right to Read topic 'in'",
                        "--operation Read --topic in`"),
                failure(
                        sending("out", new TopicAuthorizationException(Set.of("out"))),
                        "no right to Write topic 'out'",
                        "--operation Write --topic out`"),
                failure(sending("out", new TopicAuthorizationException("denied")), "no right to Write topic 'out'"),
                failure(
                        new StreamsException(
                                "Could not create topic app-images-changelog.",
                                new TopicAuthorizationException("Authorization failed.")),
                        "internal topic 'app-images-changelog'",
                        "--operation Create --operation Read --operation Write --operation Delete --topic app-"
                                + " --resource-pattern-type prefixed"),
                failure(
                        new StreamsException(
                                "Could not create internal topic app-sums-repartition for the following reason: ",
                                new ClusterAuthorizationException("denied")),
                        "internal topic 'app-sums-repartition'"),
                failure(
                        new StreamsException(GroupAuthorizationException.forGroupId("app")),
                        "no right to Read consumer group 'app'",
                        "--operation Read --group app`"),
                failure(new GroupAuthorizationException("denied"), "no right to Read consumer group 'app'"),
                failure(
                        new KafkaException("fatal", new TransactionalIdAuthorizationException("denied")),
                        "transactional ids that start with 'app-'",
                        "--operation Write --transactional-id app- --resource-pattern-type prefixed"),
                failure(new ClusterAuthorizationException("denied"), "IdempotentWrite", "--cluster"),
                failure(new SaslAuthenticationException("wrong password"), "reject the credentials: wrong password"),
                failure(new StreamsException(new SslAuthenticationException("no certificate")), "no certificate"),
                failure(
                        new StreamsException(
                                "Existing internal topic app-images-changelog has invalid partitions: expected: 8;"
                                        + " actual: 4. Use 'org.apache.kafka.tools.StreamsResetter' tool"),
                        "internal topic 'app-images-changelog' has 4 partitions but needs 8",
                        "new application id"),
                failure(new MissingSourceTopicException("missing"), "(in)", "topics create"),
                failure(new StreamsException(new MissingSourceTopicException("missing")), "topics create"),
                failure(
                        new MissingInternalTopicsException("missing", List.of("app-a-changelog")),
                        "app-a-changelog do not exist"),
                failure(
                        sending("dead", new RecordTooLargeException("1048600 bytes")),
                        "a record for topic dead is too large: 1048600 bytes",
                        "max.message.bytes",
                        "producer.max.request.size"),
                failure(
                        sending("dead", new InvalidRecordException("no key")),
                        "the brokers reject a record for topic dead: no key",
                        "cleanup.policy"),
                failure(new TopologyException("not co-partitioned"), "not co-partitioned", "topics describe"),
                failure(new InconsistentGroupProtocolException("other"), "consumer group 'app'"),
                failure(new FencedInstanceIdException("fenced"), "group.instance.id"),
                failure(new StreamsException(new UnsupportedVersionException("too old")), "too old; upgrade"),
                failure(
                        new StreamsException(
                                "Could not create topic app-a-changelog.",
                                new PolicyViolationException("min 3 replicas")),
                        "configuration of topic app-a-changelog: min 3 replicas"),
                failure(new InvalidConfigurationException("wrong"), "wrong"),
                failure(new InvalidTopicException("a name"), "name of a topic: a name"),
                failure(
                        new ProcessorStateException(
                                "Error opening store images", new IOException("/x/y: No space left on device")),
                        "the disk of state.dir is full; free space on it"),
                failure(
                        new StreamsException("flush", new Broken("IO error: Disk quota exceeded")),
                        "disk of state.dir"),
                failure(
                        new ProcessorStateException(
                                "Error opening store images at location /x",
                                new Broken("While mkdir /x: Permission denied")),
                        "state.dir can't be written: While mkdir /x: Permission denied"),
                failure(new OutOfMemoryError("Java heap space"), "OutOfMemoryError: Java heap space", "-Xmx"),
                failure(new NoClassDefFoundError("org/rocksdb/RocksDB"), "install the distribution again"),
                failure(new AssertionError("for good"), "AssertionError: for good"));
    }

    private static final class Broken extends RuntimeException {
        Broken(String message) {
            super(message);
        }
    }

    @ParameterizedTest
    @MethodSource("permanent")
    void explainsAStateThatNoThreadHealsInOneSentenceWithTheRemedy(Throwable failure, List<String> expected) {
        ThreadFailure meaning = failures.of(failure);
        assertThat(meaning).isInstanceOf(ThreadFailure.Permanent.class);
        assertThat(meaning.cause()).contains(expected).doesNotContain("\n");
    }

    static Stream<Throwable> temporary() {
        return Stream.of(
                new StreamsException(new TimeoutException("no answer")),
                new StreamsException(new DisconnectException()),
                new ProducerFencedException("fenced"),
                new StreamsException(new InvalidTxnStateException("aborted")),
                new LockException("locked"),
                new StreamsException(
                        "Exception caught in process. taskId=0_0, topic=in, partition=0, offset=1", new Away()));
    }

    @ParameterizedTest
    @MethodSource("temporary")
    void takesWhatIsAwayAsTemporary(Throwable failure) {
        assertThat(failures.of(failure)).isInstanceOf(ThreadFailure.Temporary.class);
    }

    @Test
    void doesNotTakeTooFewBrokersForALastingState() {
        assertThat(failures.of(new StreamsException(
                        "Could not create topic app-a-changelog.", new InvalidReplicationFactorException("1 broker"))))
                .isInstanceOf(ThreadFailure.Unexplained.class);
    }

    @Test
    void namesTheRecordOfAFailure() {
        ThreadFailure meaning = failures.of(new StreamsException(
                "Exception caught in process. taskId=0_2, processor=images, topic=in, partition=2, offset=17",
                new IllegalStateException("a\nb")));
        assertThat(meaning)
                .isEqualTo(new ThreadFailure.Unexplained(
                        "IllegalStateException: a b, at offset 17 of in-2", Optional.of("offset 17 of in-2")));
    }

    @Test
    void namesTheTaskOfAFailureThatIsOfNoRecord() {
        StreamsException failure =
                new StreamsException("Exception caught while punctuating", new IllegalStateException("a"));
        assertThat(failures.of(failure))
                .isEqualTo(new ThreadFailure.Unexplained("IllegalStateException: a", Optional.empty()));
        failure.setTaskId(new TaskId(0, 3));
        assertThat(failures.of(failure))
                .isEqualTo(new ThreadFailure.Unexplained(
                        "IllegalStateException: a", Optional.of("task 0_3 with IllegalStateException")));
    }

    @Test
    void shortensTheMessageOfAnException() {
        assertThat(failures.of(new IllegalStateException("x".repeat(100_000))).cause())
                .hasSizeLessThan(500);
        IllegalStateException circular = new IllegalStateException("a");
        circular.initCause(new IllegalStateException("b", circular));
        assertThat(failures.of(new SaslAuthenticationException("y", circular)).cause())
                .contains("y");
    }
}
