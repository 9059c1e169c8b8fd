package digitstream.benchmark.programs;

import digitstream.avro.DigitImage;
import digitstream.model.Classifier;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.serde.AvroDeserializer;
import digitstream.serde.SchemaRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** The usual way to call a model from Kafka Streams: one call for each record. */
public final class PerRecord {
    private PerRecord() {}

    /** Runs the program. */
    public static void main(String[] arguments) throws Exception {
        ProgramOptions options = ProgramOptions.parse(arguments);
        Engines.forInference();
        // Both are used until the process exits.
        LoadedModel model = LoadedModel.load(ModelArtifact.open(options.model()));
        SchemaRegistry schemas = new SchemaRegistry(options.schemaRegistry(), Map.of());
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(options.images(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .processValues(() -> new Classifying(options, model, schemas))
                .to(options.predictions(), Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
        StreamsProgram.run(builder.build(), options, Map.of());
    }

    private static final class Classifying implements FixedKeyProcessor<byte[], byte[], byte[]> {
        private final AvroDeserializer<DigitImage> images;
        private final PredictionWriter predictions;
        private final LoadedModel model;
        private @Nullable Classifier classifier;
        private @Nullable FixedKeyProcessorContext<byte[], byte[]> context;

        Classifying(ProgramOptions options, LoadedModel model, SchemaRegistry schemas) {
            this.images = new AvroDeserializer<>(schemas, DigitImage.class);
            this.predictions = new PredictionWriter(schemas, options.predictions(), model.card());
            this.model = model;
        }

        @Override
        public void init(FixedKeyProcessorContext<byte[], byte[]> initial) {
            close();
            context = initial;
            classifier = model.newClassifier();
        }

        @Override
        public void process(FixedKeyRecord<byte[], byte[]> record) {
            FixedKeyProcessorContext<byte[], byte[]> to = Objects.requireNonNull(context);
            RecordMetadata source = to.recordMetadata().orElseThrow();
            DigitImage image =
                    Objects.requireNonNull(images.deserialize(source.topic(), record.headers(), record.value()));
            float[] probabilities =
                    Objects.requireNonNull(classifier).classify(List.of(PredictionWriter.pixels(image)));
            to.forward(record.withValue(predictions.encode(
                    image, probabilities, 0, Instant.now(), 1, source.topic(), source.partition(), source.offset())));
        }

        @Override
        public void close() {
            if (classifier != null) {
                classifier.close();
                classifier = null;
            }
        }
    }
}
