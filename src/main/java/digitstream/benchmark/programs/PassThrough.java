package digitstream.benchmark.programs;

import digitstream.avro.DigitImage;
import digitstream.common.Digits;
import digitstream.serde.SchemaRegistry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/**
 * The most that Kafka Streams lets through: reads the bytes of an image and writes a constant of a prediction's size. The constant
 * is a prediction, so that compression has as much to do.
 */
public final class PassThrough {
    private static final Map<String, Object> DEFAULTS = Map.of(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);

    /** Without the shorter wait, the last records of a backlog, fewer than a full fetch, would wait for 500 ms. */
    private static final Map<String, Object> TUNED = Map.of(
            StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
            200,
            StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
            2_000,
            StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG),
            65_536,
            StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG),
            50,
            StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
            20,
            StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG),
            "lz4");

    private PassThrough() {}

    /** Runs the program; with {@code tuned} as its first argument, with settings for throughput. */
    public static void main(String[] arguments) throws Exception {
        boolean tuned = arguments.length > 0 && arguments[0].equals("tuned");
        ProgramOptions options =
                ProgramOptions.parse(tuned ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments);
        byte[] prediction = prediction(options);
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(options.images(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .mapValues(image -> prediction)
                .to(options.predictions(), Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
        StreamsProgram.run(builder.build(), options, tuned ? TUNED : DEFAULTS);
    }

    private static byte[] prediction(ProgramOptions options) {
        Instant now = Instant.now();
        DigitImage image = new DigitImage(
                "bench-000000000", Digits.SIDE, Digits.SIDE, ByteBuffer.wrap(new byte[Digits.PIXELS]), now);
        float[] probabilities = {0.91f, 0.01f, 0.01f, 0.01f, 0.01f, 0.01f, 0.01f, 0.01f, 0.01f, 0.01f};
        try (SchemaRegistry schemas = new SchemaRegistry(options.schemaRegistry(), Map.of())) {
            return new PredictionWriter(schemas, options.predictions(), "lenet", "20260101-000000")
                    .encode(image, probabilities, 0, now, options.batch(), options.images(), 0, 0);
        }
    }
}
