package digitstream.streams;

import digitstream.serde.RegistryUnavailableException;
import digitstream.serde.SchemaRegistry;
import digitstream.serde.WriterSchema;
import digitstream.serde.WriterSchemaId;
import digitstream.serde.WriterSchemas;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits a record when the schema that it was written with is known, or certainly does not exist. While the registry is away,
 * records whose schema is not cached wait. The registry is asked in a thread of the gate, so that no stream thread waits for it.
 *
 * <p>A registry can learn of a new schema a moment after its first record. So the answer "no such schema" is final only if it
 * was given {@value #GRACE_MILLIS} ms after the record was produced, or after it was fetched if its timestamp cannot be right.
 */
public final class SchemaGate implements RecordGate, WriterSchemas {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaGate.class);

    private static final long GRACE_MILLIS = 5_000;
    private static final long RETRY_MILLIS = 1_000;
    /** How long a poll waits for answers; a registry in reach answers within milliseconds. */
    private static final long PREPARE_MILLIS = 500;

    private final SchemaRegistry registry;
    private final Set<String> topics;
    private final Clock clock;
    private final Map<WriterSchemaId, Question> questions = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Waiting> waiting = new ConcurrentHashMap<>();
    /** Discards questions after {@link #close}. */
    private final ScheduledThreadPoolExecutor asking = new ScheduledThreadPoolExecutor(
            1,
            task -> {
                Thread thread = new Thread(task, "schema-registry");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    /** Why the last request for an id failed, for the ids that records wait for. */
    private final Map<WriterSchemaId, String> failures = new ConcurrentHashMap<>();

    /** The id that was found last, which most records have. */
    private volatile @Nullable WriterSchemaId lastKnown;

    /**
     * Opens the gate for the records of these topics; the records of others are admitted as they are.
     *
     * @param registry not closed with the gate
     */
    public SchemaGate(SchemaRegistry registry, Set<String> topics, Clock clock) {
        this.registry = registry;
        this.topics = Set.copyOf(topics);
        this.clock = clock;
    }

    /** A question to the registry, asked at once or later: completed by its answer or failure. */
    private record Question(CompletableFuture<Void> ended, boolean atOnce) {}

    private record Waiting(long offset, WriterSchemaId id) {}

    /** The last answer for an id, which the gate has got before it admitted the record. */
    @Override
    public WriterSchema get(WriterSchemaId id) {
        return registry.cached(id).orElseGet(() -> registry.ask(id));
    }

    @Override
    public boolean admits(ConsumerRecord<byte[], byte[]> record, long firstSeenMillis) {
        WriterSchemaId id = id(record);
        return id == null || id.equals(lastKnown) || isSettled(id, record, firstSeenMillis);
    }

    private boolean isSettled(WriterSchemaId id, ConsumerRecord<byte[], byte[]> record, long firstSeenMillis) {
        WriterSchema answer = registry.cached(id).orElse(null);
        if (answer instanceof WriterSchema.Unknown unknown) {
            long finalFrom = producedAt(record, firstSeenMillis) + GRACE_MILLIS;
            if (unknown.askedAtMillis() >= finalFrom) {
                return true;
            }
            ask(id, Math.max(0, Math.min(RETRY_MILLIS, finalFrom - clock.millis())));
            return false;
        }
        if (answer == null) {
            ask(id, 0);
            return false;
        }
        if (answer instanceof WriterSchema.Known) {
            lastKnown = id;
        }
        return true;
    }

    private static long producedAt(ConsumerRecord<byte[], byte[]> record, long firstSeenMillis) {
        return record.timestamp() >= 0 ? Math.min(record.timestamp(), firstSeenMillis) : firstSeenMillis;
    }

    private @Nullable WriterSchemaId id(ConsumerRecord<byte[], byte[]> record) {
        return topics.contains(record.topic())
                        && WriterSchemaId.locate(record.headers(), record.value()) instanceof WriterSchemaId.At at
                ? at.id()
                : null;
    }

    private void ask(WriterSchemaId id, long delayMillis) {
        Question question = new Question(new CompletableFuture<>(), delayMillis == 0);
        if (questions.putIfAbsent(id, question) == null) {
            // The question says how it ended; its future would not.
            Future<?> unused = asking.schedule(() -> ask(id, question), delayMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void ask(WriterSchemaId id, Question question) {
        try {
            registry.ask(id);
            if (failures.remove(id) != null) {
                LOG.info("The schema registry has answered for {}", id);
            }
        } catch (RegistryUnavailableException e) {
            if (failures.put(id, String.valueOf(e.getMessage())) == null) {
                LOG.warn("Records wait for {}: {}", id, e.getMessage());
            }
        } catch (RuntimeException e) {
            LOG.error("Asking for {} failed; records wait for it", id, e);
            failures.put(id, e.toString());
        } finally {
            // Whoever still waits for the id asks again.
            questions.remove(id);
            question.ended().complete(null);
        }
    }

    @Override
    public void prepare(Collection<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
        if (!failures.isEmpty()) {
            return;
        }
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            WriterSchemaId id = id(record);
            Question question = id == null ? null : questions.get(id);
            if (question != null && question.atOnce()) {
                answers.add(question.ended());
            }
        }
        try {
            CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                    .get(PREPARE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("The schema registry takes longer than {} ms; records wait for it", PREPARE_MILLIS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("questions never fail", e);
        }
    }

    @Override
    public void holds(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
        waiting.put(partition, new Waiting(record.offset(), Objects.requireNonNull(id(record))));
    }

    @Override
    public void releases(TopicPartition partition) {
        waiting.remove(partition);
        failures.keySet().retainAll(waiting.values().stream().map(Waiting::id).toList());
    }

    @Override
    public int waitingPartitions() {
        return waiting.size();
    }

    @Override
    public Optional<String> unavailable() {
        return waiting.entrySet().stream()
                .filter(partition -> failures.containsKey(partition.getValue().id()))
                .min(Map.Entry.comparingByKey(SchemaGate::compare))
                .map(first -> "partition " + first.getKey() + " waits at offset "
                        + first.getValue().offset() + " for " + first.getValue().id() + ": "
                        + failures.get(first.getValue().id()));
    }

    private static int compare(TopicPartition a, TopicPartition b) {
        int byTopic = a.topic().compareTo(b.topic());
        return byTopic != 0 ? byTopic : Integer.compare(a.partition(), b.partition());
    }

    @Override
    public void close() {
        asking.shutdownNow();
    }
}
