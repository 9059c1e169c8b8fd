package digitstream.flink;

import digitstream.avro.DigitImage;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.Decoded;
import digitstream.serde.SchemaRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import org.apache.avro.Schema;
import org.apache.avro.generic.PrimitivesArrays.FloatArray;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Classifies images in batches. A batch closes when it is full, after a delay, and before each checkpoint barrier, so that no
 * image is in memory when a checkpoint is taken and there is no state to write. Used by the task's thread only.
 */
final class ClassifyOperator extends AbstractStreamOperator<EncodedPrediction>
        implements OneInputStreamOperator<ConsumerRecord<byte[], byte[]>, EncodedPrediction> {
    private static final long serialVersionUID = 1;
    private static final Schema PROBABILITIES =
            Prediction.getClassSchema().getField("probabilities").schema();

    private final String schemaRegistry;
    private final String predictions;
    private final String modelFolder;
    private final int maxBatch;
    private final long maxDelayMillis;

    private transient SchemaRegistry schemas;
    private transient AvroDecoder<DigitImage> decoder;
    private transient AvroSerializer<Prediction> serializer;
    private transient LoadedModel model;
    private transient Classifier classifier;
    private transient List<Pending> batch;
    private transient StreamRecord<EncodedPrediction> reused;
    private transient long openedAtMillis;
    private transient @Nullable ScheduledFuture<?> timer;

    private record Pending(ConsumerRecord<byte[], byte[]> record, DigitImage image, byte[] pixels) {}

    // Flink calls open before anything else.
    @SuppressWarnings("NullAway.Init")
    ClassifyOperator(String schemaRegistry, String predictions, String modelFolder, int maxBatch, long maxDelayMillis) {
        this.schemaRegistry = schemaRegistry;
        this.predictions = predictions;
        this.modelFolder = modelFolder;
        this.maxBatch = maxBatch;
        this.maxDelayMillis = maxDelayMillis;
    }

    @Override
    public void open() throws Exception {
        super.open();
        schemas = new SchemaRegistry(schemaRegistry, Map.of());
        decoder = new AvroDecoder<>(schemas, DigitImage.class);
        serializer = new AvroSerializer<>(schemas, Prediction.class);
        serializer.register(predictions);
        model = LoadedModel.load(ModelArtifact.open(Path.of(modelFolder)));
        classifier = model.newClassifier();
        batch = new ArrayList<>(maxBatch);
        reused = new StreamRecord<>(null);
    }

    @Override
    public void processElement(StreamRecord<ConsumerRecord<byte[], byte[]>> element) throws IOException {
        ConsumerRecord<byte[], byte[]> record = element.getValue();
        Decoded<DigitImage> decoded = decoder.decode(record.headers(), record.value());
        if (!(decoded instanceof Decoded.Value<DigitImage> value)) {
            throw new IOException("the record at " + record.topic() + "-" + record.partition() + " offset "
                    + record.offset() + " is malformed: " + decoded);
        }
        DigitImage image = value.value();
        byte[] pixels = new byte[image.getPixels().remaining()];
        image.getPixels().get(pixels);
        if (batch.isEmpty()) {
            openedAtMillis = getProcessingTimeService().getCurrentProcessingTime();
            setTimer();
        }
        batch.add(new Pending(record, image, pixels));
        if (batch.size() == maxBatch) {
            flush();
        }
    }

    /** Sets a timer unless one is set: one for each batch would be more than two hundred a second. */
    private void setTimer() {
        if (timer == null) {
            timer = getProcessingTimeService().registerTimer(openedAtMillis + maxDelayMillis, this::onTimer);
        }
    }

    private void onTimer(long nowMillis) {
        timer = null;
        if (batch.isEmpty()) {
            return;
        }
        if (nowMillis - openedAtMillis >= maxDelayMillis) {
            flush();
        } else {
            setTimer();
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        flush();
    }

    @Override
    public void finish() throws Exception {
        flush();
        super.finish();
    }

    private void flush() {
        if (batch.isEmpty()) {
            return;
        }
        float[] probabilities =
                classifier.classify(batch.stream().map(Pending::pixels).toList());
        Instant predictedAt = Instant.now();
        for (int i = 0; i < batch.size(); i++) {
            Pending pending = batch.get(i);
            Prediction prediction = prediction(pending, probabilities, i * Digits.CLASSES, predictedAt);
            ConsumerRecord<byte[], byte[]> record = pending.record();
            output.collect(reused.replace(
                    new EncodedPrediction(
                            record.key(), Objects.requireNonNull(serializer.serialize(predictions, prediction))),
                    record.timestamp()));
        }
        batch.clear();
    }

    private Prediction prediction(Pending pending, float[] probabilities, int from, Instant predictedAt) {
        FloatArray ofImage = new FloatArray(Digits.CLASSES, PROBABILITIES);
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            ofImage.add(digit, probabilities[from + digit]);
        }
        int label = Digits.argmax(probabilities, from);
        return new Prediction(
                pending.image().getImageId(),
                label,
                probabilities[from + label],
                ofImage,
                model.card().name(),
                model.card().version(),
                pending.record().topic(),
                pending.record().partition(),
                pending.record().offset(),
                pending.image().getEventTime(),
                predictedAt,
                batch.size());
    }

    @Override
    public void close() throws Exception {
        // Those that open has not reached are null: Flink also closes an operator whose open failed.
        IOUtils.closeAll(classifier, model, schemas);
        super.close();
    }
}
