package digitstream.streams;

import digitstream.common.Causes;
import digitstream.common.Grants;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.MissingInternalTopicsException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.apache.kafka.streams.errors.TopologyException;
import org.apache.kafka.streams.processor.TaskId;

/** Tells what the death of a stream thread means: whether a new thread can go on, and what the user must do if not. */
public final class ThreadFailures {
    private static final int MAX_CHARACTERS = 400;

    private static final List<Class<? extends Throwable>> TEMPORARY = List.of(
            RetriableException.class,
            ProducerFencedException.class,
            InvalidProducerEpochException.class,
            InvalidPidMappingException.class,
            InvalidTxnStateException.class,
            OutOfOrderSequenceException.class,
            TransactionAbortedException.class,
            CommitFailedException.class,
            LockException.class,
            TaskCorruptedException.class,
            TaskMigratedException.class);

    // Kafka Streams puts these facts into the text of its exceptions only.
    private static final Pattern INTERNAL_PARTITIONS =
            Pattern.compile("internal topic (\\S+) has invalid partitions: expected: (\\d+); actual: (\\d+)");
    private static final Pattern RECORD = Pattern.compile("topic=([^,\\s]+), partition=(\\d+), offset=(\\d+)");
    private static final Pattern DESTINATION = Pattern.compile("sending record to topic (\\S+) for task");
    private static final Pattern NOT_CREATED =
            Pattern.compile("Could not create (?:internal )?topic (\\S+?)\\.?(?:\\s|$)");

    private static final List<String> DISK_FULL = List.of("no space left on device", "disk quota exceeded");

    private static final List<String> NOT_WRITABLE = List.of("permission denied", "read-only file system");

    private final TopologyTopics topics;
    private final Collection<Class<? extends Throwable>> temporary;

    /**
     * Prepares for the failures of one topology.
     *
     * @param temporary exceptions of the topology itself that a later try does not meet again
     */
    public ThreadFailures(TopologyTopics topics, Collection<Class<? extends Throwable>> temporary) {
        this.topics = topics;
        this.temporary = List.copyOf(temporary);
    }

    /** Returns what a failure means. */
    public ThreadFailure of(Throwable failure) {
        List<Throwable> chain = chain(failure);
        Optional<String> sentence = permanent(failure, chain);
        if (sentence.isPresent()) {
            return new ThreadFailure.Permanent(oneLine(sentence.get()));
        }
        Optional<String> record = record(chain);
        String cause = cause(failure, record);
        if (has(chain, TEMPORARY) || has(chain, temporary)) {
            return new ThreadFailure.Temporary(cause);
        }
        return new ThreadFailure.Unexplained(cause, record.or(() -> task(failure, chain)));
    }

    private Optional<String> permanent(Throwable failure, List<Throwable> chain) {
        if (failure instanceof Error error) {
            return Optional.of(error(error));
        }
        Optional<String> partitions = match(chain, INTERNAL_PARTITIONS).map(this::wrongPartitions);
        if (partitions.isPresent()) {
            return partitions;
        }
        for (Throwable cause : chain) {
            Optional<String> sentence = access(cause, chain).or(() -> setup(cause, chain));
            if (sentence.isPresent()) {
                return sentence;
            }
        }
        return Optional.empty();
    }

    private static String error(Error error) {
        String remedy = "see the log above, and report it if it comes again";
        if (error instanceof OutOfMemoryError) {
            remedy = "give the Java heap more memory with -Xmx, or lower num.stream.threads";
        } else if (error instanceof LinkageError) {
            remedy = "install the distribution again, built for this machine";
        }
        return name(error) + "; " + remedy;
    }

    private Optional<String> access(Throwable cause, List<Throwable> chain) {
        if (cause instanceof TopicAuthorizationException denied) {
            return Optional.of(topicAccess(denied, chain));
        }
        if (cause instanceof GroupAuthorizationException denied) {
            String group = denied.groupId() == null ? topics.applicationId() : denied.groupId();
            return Optional.of("no right to Read consumer group '" + group + "'; grant it with " + Grants.group(group));
        }
        if (cause instanceof TransactionalIdAuthorizationException) {
            return Optional.of("no right to Write with transactional ids that start with '" + topics.applicationId()
                    + "-'; grant it with " + Grants.transactionalIds(topics.applicationId()));
        }
        if (cause instanceof ClusterAuthorizationException) {
            Optional<String> topic = match(chain, NOT_CREATED).map(found -> found.group(1));
            return Optional.of(
                    topic.isPresent()
                            ? "no right to Create internal topic '" + topic.get() + "'; grant it with "
                                    + Grants.internalTopics(topics.applicationId())
                            : "no right to IdempotentWrite on the cluster; grant it with "
                                    + Grants.cluster("IdempotentWrite"));
        }
        if (cause instanceof AuthenticationException) {
            return Optional.of("the brokers reject the credentials: " + cause.getMessage()
                    + "; correct the sasl.* and ssl.* settings in the file of --command-config");
        }
        return Optional.empty();
    }

    private String topicAccess(TopicAuthorizationException denied, List<Throwable> chain) {
        Set<String> named = new TreeSet<>(denied.unauthorizedTopics());
        match(chain, NOT_CREATED).ifPresent(found -> named.add(found.group(1)));
        if (named.isEmpty()) {
            match(chain, DESTINATION).ifPresent(found -> named.add(found.group(1)));
        }
        if (named.isEmpty()) {
            return "no right to one of its topics: " + denied.getMessage()
                    + "; docs/operating.md, Secured clusters, lists the rights";
        }
        return named.stream().map(this::topicAccess).collect(Collectors.joining("; "));
    }

    private String topicAccess(String topic) {
        if (topics.isInternal(topic)) {
            return "no right to Create, Read, Write or Delete internal topic '" + topic + "'; grant it with "
                    + Grants.internalTopics(topics.applicationId());
        }
        String operation = topics.sources().contains(topic) ? "Read" : "Write";
        return "no right to " + operation + " topic '" + topic + "'; grant it with " + Grants.topic(operation, topic);
    }

    /** What the cluster, the machine or the configuration lacks. */
    private Optional<String> setup(Throwable cause, List<Throwable> chain) {
        if (cause instanceof MissingSourceTopicException) {
            return Optional.of("a topic that it reads does not exist ("
                    + String.join(", ", topics.sources().stream().sorted().toList())
                    + "); create it with `digitstream topics create`");
        }
        if (cause instanceof MissingInternalTopicsException missing) {
            return Optional.of("its internal topics " + String.join(", ", new TreeSet<>(missing.topics()))
                    + " do not exist; if they were deleted, start under a new application id");
        }
        if (cause instanceof RecordTooLargeException) {
            String topic =
                    match(chain, DESTINATION).map(found -> found.group(1)).orElse("one of its topics");
            return Optional.of("a record for topic " + topic + " is too large: " + cause.getMessage()
                    + "; raise the topic's max.message.bytes, and producer.max.request.size to the same size");
        }
        if (cause instanceof InvalidRecordException) {
            String topic =
                    match(chain, DESTINATION).map(found -> found.group(1)).orElse("one of its topics");
            return Optional.of("the brokers reject a record for topic " + topic + ": " + cause.getMessage()
                    + "; if it is the topic of dead letters, which may have no key, set its cleanup.policy to delete");
        }
        if (cause instanceof TopologyException) {
            return Optional.of("its topics do not fit the topology: " + cause.getMessage()
                    + "; check them with `digitstream topics describe`");
        }
        if (cause instanceof InconsistentGroupProtocolException) {
            return Optional.of("another program uses the consumer group '" + topics.applicationId()
                    + "'; stop it, or set another application id");
        }
        if (cause instanceof FencedInstanceIdException) {
            return Optional.of("another instance has the same group.instance.id; give each instance its own");
        }
        if (cause instanceof UnsupportedVersionException) {
            return Optional.of("the brokers lack a function that it needs: " + cause.getMessage() + "; upgrade them");
        }
        if (cause instanceof InvalidTopicException) {
            return Optional.of("the brokers reject the name of a topic: " + cause.getMessage()
                    + "; choose other topic.* settings or application ids");
        }
        // Not its subclasses: too few brokers for the replicas may be more in a moment.
        if (cause instanceof PolicyViolationException || cause.getClass() == InvalidConfigurationException.class) {
            String topic = match(chain, NOT_CREATED)
                    .map(found -> "topic " + found.group(1))
                    .orElse("a topic");
            return Optional.of("the brokers reject the configuration of " + topic + ": " + cause.getMessage()
                    + "; set it with --property score.topic.CONFIG=VALUE");
        }
        return disk(cause, chain);
    }

    private static Optional<String> disk(Throwable cause, List<Throwable> chain) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (DISK_FULL.stream().anyMatch(message::contains)) {
            return Optional.of("the disk of state.dir is full; free space on it, and start again");
        }
        boolean ofState = has(chain, List.of(ProcessorStateException.class));
        return ofState && NOT_WRITABLE.stream().anyMatch(message::contains)
                ? Optional.of("state.dir can't be written: " + cause.getMessage()
                        + "; make it writable, or name another folder with --property state.dir=DIR")
                : Optional.empty();
    }

    private String wrongPartitions(Matcher found) {
        return wrongPartitions(
                found.group(1),
                Integer.parseInt(found.group(3)),
                Integer.parseInt(found.group(2)),
                topics.applicationId());
    }

    /** Returns the sentence about an internal topic whose number of partitions no longer fits the topics that are read. */
    public static String wrongPartitions(String topic, int actual, int needed, String applicationId) {
        return "internal topic '" + topic + "' has " + actual + " partitions but needs " + needed
                + ", because the number of partitions of the topics has changed since '" + applicationId
                + "' first ran; set a new application id, which reads all topics from the start"
                + " (docs/operating.md, The number of partitions has changed)";
    }

    private static Optional<String> record(List<Throwable> chain) {
        return match(chain, RECORD)
                .map(found -> "offset " + found.group(3) + " of " + found.group(1) + "-" + found.group(2));
    }

    private static Optional<String> task(Throwable failure, List<Throwable> chain) {
        return chain.stream()
                .filter(StreamsException.class::isInstance)
                .map(StreamsException.class::cast)
                .flatMap(streams -> streams.taskId().stream())
                .map(TaskId::toString)
                .findFirst()
                .map(task -> "task " + task + " with "
                        + Causes.root(failure).getClass().getSimpleName());
    }

    private static String cause(Throwable failure, Optional<String> record) {
        return oneLine(
                name(Causes.root(failure)) + record.map(at -> ", at " + at).orElse(""));
    }

    private static String name(Throwable cause) {
        String type = cause.getClass().getSimpleName();
        return cause.getMessage() == null ? type : type + ": " + shortened(cause.getMessage());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    /** A message may repeat parts of a record. */
    private static String shortened(String text) {
        return text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS) + "...";
    }

    private static boolean has(List<Throwable> chain, Collection<Class<? extends Throwable>> types) {
        return chain.stream().anyMatch(cause -> types.stream().anyMatch(type -> type.isInstance(cause)));
    }

    private static Optional<Matcher> match(List<Throwable> chain, Pattern pattern) {
        return chain.stream()
                .map(cause -> pattern.matcher(String.valueOf(cause.getMessage())))
                .filter(Matcher::find)
                .findFirst();
    }

    private static List<Throwable> chain(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain;
    }
}
