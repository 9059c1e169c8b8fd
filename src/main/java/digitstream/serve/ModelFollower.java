package digitstream.serve;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.ModelRelease;
import digitstream.classify.ModelMetrics;
import digitstream.classify.ServedModel;
import digitstream.client.CommittedReader;
import digitstream.common.InferencePrecision;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.model.ModelException;
import digitstream.release.Artifacts;
import digitstream.release.CardReleases;
import digitstream.release.ReleaseLog;
import digitstream.release.ReleaseTopic;
import digitstream.serde.RegistryUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code digits.models}: keeps the champion in service. It fetches, tests and warms up a new champion on a thread of its own
 * that rests nine tenths of the time, and then puts it in the place of the old one, which tasks leave between two batches. A release
 * that fails is refused, and the old model goes on. Thread-safe.
 */
final class ModelFollower implements Supplier<ServedModel>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFollower.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long REGISTRY_RETRY_MILLIS = 1_000;
    /** A refused release is tried again after this time: its server may have been away. */
    private static final long RETRY_MILLIS = 60_000;

    private static final long CLOSE_TIMEOUT_MILLIS = 10_000;

    private final ReleaseTopic topic;
    private final Artifacts artifacts;
    private final InferencePrecision precision;
    private final boolean drawnDigits;
    private final MeterRegistry meters;
    private final InstanceStatus status;
    private final Clock clock;
    private final CommittedReader reader;
    private final ReleaseLog log = new ReleaseLog();
    private final Thread thread = new Thread(this::run, "model-follower");

    private volatile @Nullable Served served;
    private volatile long settled;
    private volatile boolean stopped;
    private volatile BooleanSupplier hurry = () -> false;
    /** The offset of the release that was refused last, or -1, and when. */
    private long refusedOffset = -1;

    private long refusedMillis;

    /** The model in service, and the key and sum of its release. */
    private record Served(ServedModel model, String key, String sha256) {}

    /**
     * Reads the releases that are there. Call {@link #begin} next.
     *
     * @param status closed with this
     * @param drawnDigits whether drawn digits count in drift and estimate
     */
    ModelFollower(
            ReleaseTopic topic,
            Artifacts artifacts,
            InferencePrecision precision,
            boolean drawnDigits,
            MeterRegistry meters,
            InstanceStatus status,
            Clock clock) {
        this.topic = topic;
        this.artifacts = artifacts;
        this.precision = precision;
        this.drawnDigits = drawnDigits;
        this.meters = meters;
        this.status = status;
        this.clock = clock;
        this.reader = topic.open();
        thread.setDaemon(true);
        try {
            topic.read(reader, log);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /** The releases that were there at the start; not to be used after {@link #begin}. */
    ReleaseLog releases() {
        return log;
    }

    /**
     * Loads the first model, at once, and starts to follow.
     *
     * @param artifact the model of the champion if it is known; else it is fetched
     * @param champion its release
     * @return the model
     * @throws ModelException if it can't be served
     */
    LoadedModel begin(Optional<ModelArtifact> artifact, ReleaseLog.Entry champion) throws InterruptedException {
        ModelArtifact first = artifact.isPresent() ? artifact.get() : artifacts.fetch(champion.release());
        LoadedModel model = LoadedModel.load(first, precision);
        serve(model, champion.key());
        settled = champion.offset() + 1;
        thread.start();
        return model;
    }

    /** Says when partitions wait for a release, so that its model is loaded without rest. */
    void hurryIf(BooleanSupplier waiting) {
        hurry = waiting;
    }

    /** The model in service, after {@link #begin}. */
    @Override
    public ServedModel get() {
        Served now = served;
        if (now == null) {
            throw new IllegalStateException("no model has been loaded yet");
        }
        return now.model();
    }

    /** What the health check says: the model in service, and the release that can't be. */
    String describe() {
        Served now = served;
        String fault = status.fault();
        return (now == null ? "loading" : now.key().replace('/', ' ')) + (fault == null ? "" : "; " + fault);
    }

    /** Whether a model is in service. */
    boolean isServing() {
        return served != null;
    }

    /** The offset up to which every release is served or refused. */
    long settled() {
        return settled;
    }

    private void run() {
        try {
            while (!stopped) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    add(record);
                }
                long read = reader.position(topic.topic());
                follow();
                settled = read;
                status.beat();
            }
        } catch (InterruptedException | InterruptException e) {
            // Only close() interrupts.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("Releases are not followed any more; the model in service goes on. Restart this process.", e);
            status.refused("", "this process has stopped following releases: " + e);
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        while (true) {
            try {
                topic.add(record, log);
                return;
            } catch (RegistryUnavailableException e) {
                LOG.warn("The schema registry is unavailable, so a release waits; retrying: {}", e.getMessage());
                Thread.sleep(REGISTRY_RETRY_MILLIS);
            }
        }
    }

    private void follow() throws InterruptedException {
        Optional<ReleaseLog.Entry> champion = log.champion();
        if (champion.isEmpty() || isServed(champion.get()) || isRefused(champion.get())) {
            return;
        }
        ReleaseLog.Entry next = champion.get();
        LOG.info("Loading {}, which {} has released", next.key(), next.release().getReleasedBy());
        status.loading(next.key());
        long start = System.nanoTime();
        try {
            LoadedModel model = load(next.release());
            if (stopped) {
                model.close();
                return;
            }
            serve(model, next.key());
            LOG.info("Serving {} after {} ms", next.key(), (System.nanoTime() - start) / 1_000_000);
        } catch (ModelException e) {
            refuse(next, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | LinkageError e) {
            // Whatever a file makes an engine do must not stop the stream.
            refuse(next, e.toString(), e);
        }
    }

    private LoadedModel load(ModelRelease release) throws InterruptedException {
        Rest rest = new Rest(() -> stopped || hurry.getAsBoolean());
        ModelArtifact artifact = artifacts.fetch(release);
        rest.run();
        return LoadedModel.load(artifact, precision, rest);
    }

    private boolean isServed(ReleaseLog.Entry champion) {
        Served now = served;
        boolean same = now != null
                && now.key().equals(champion.key())
                && now.sha256().equals(champion.release().getSha256());
        if (same) {
            refusedOffset = -1;
            status.idle();
        }
        return same;
    }

    private boolean isRefused(ReleaseLog.Entry champion) {
        return champion.offset() == refusedOffset && clock.millis() - refusedMillis < RETRY_MILLIS;
    }

    private void refuse(ReleaseLog.Entry release, String reason, Throwable cause) {
        refusedOffset = release.offset();
        refusedMillis = clock.millis();
        Served now = served;
        LOG.error(
                "Refused {}: {}. {} goes on. It is tried again in {} s.",
                release.key(),
                reason,
                now == null ? "No model" : now.key(),
                RETRY_MILLIS / 1_000,
                cause);
        status.refused(release.key(), reason);
    }

    private void serve(LoadedModel model, String key) {
        ModelCard card = model.card();
        ModelVersion version = new ModelVersion(card.name(), card.version());
        Served before = served;
        if (before != null && before.key().equals(key)) {
            // The same version with another file: the registry would take the old metrics for the new ones.
            before.model().removeMetrics();
        }
        ModelMetrics metrics =
                new ModelMetrics(meters, version, card.sha256(), CardReleases.baseline(card), drawnDigits, clock);
        served = new Served(new ServedModel(version, model::newClassifier, metrics, model::close), key, card.sha256());
        refusedOffset = -1;
        status.serving(version, card.sha256());
        if (before != null) {
            before.model().retire();
        }
    }

    /** Stops to follow, and frees the model. The topologies must have stopped. */
    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_TIMEOUT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reader.close();
        status.close();
        Served last = served;
        if (last != null) {
            last.model().retire();
        }
    }
}
