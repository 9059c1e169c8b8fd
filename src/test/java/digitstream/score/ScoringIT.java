package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.local.ServeProcess;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.Decoded;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Compares scoring on a real broker with an oracle that sees all events at once. */
@ExtendWith(Environment.Extension.class)
class ScoringIT {
    private static final int IMAGES = 5_000;
    private static final List<String> MODELS = List.of("v1", "v2");

    @TempDir
    private Path folder;

    private final Random random = new Random(42);

    /** The expected figures of a model, computed by the oracle. */
    private record Expected(long predicted, long labelled, long correct, long duplicates, long[] confusion) {}

    @Test
    void countsEachImageOncePerModelWithItsLatestLabelInAnyOrder(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        Instant now = Instant.now();
        List<Prediction> predictions = new ArrayList<>();
        List<DigitLabel> labels = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            String id = "image-" + i;
            for (String model : MODELS) {
                if (random.nextInt(10) > 0) {
                    Prediction prediction = prediction(id, model, random.nextInt(10), now);
                    // A replay repeats the prediction.
                    predictions.addAll(Collections.nCopies(random.nextInt(8) == 0 ? 2 : 1, prediction));
                }
            }
            // Distinct times: at equal times the order in the topic would decide, and the events are shuffled.
            int count = random.nextInt(4);
            for (int j = 0; j < count; j++) {
                labels.add(new DigitLabel(id, random.nextInt(10), now.plusMillis(j + 10L * random.nextInt(500))));
            }
        }
        Map<String, Integer> latestLabels = new HashMap<>();
        labels.stream()
                .sorted(Comparator.comparing(DigitLabel::getLabelledAt))
                .forEach(label -> latestLabels.put(label.getImageId(), label.getLabel()));
        Map<String, Expected> expected = new HashMap<>();
        MODELS.forEach(model -> expected.put(model, oracle(predictions, latestLabels, model)));

        List<Object> events = new ArrayList<>(predictions);
        events.addAll(labels);
        Collections.shuffle(events, random);
        List<String> arguments = environment.serveArguments(
                folder.resolve("state"),
                given,
                "--only",
                "score",
                "--property",
                "consumer.session.timeout.ms=6000",
                "--property",
                "producer.transaction.timeout.ms=5000");
        Map<String, Accuracy> published = new HashMap<>();
        AvroDecoder<Accuracy> decoder = new AvroDecoder<>(environment.schemas(), Accuracy.class);
        try (CommittedReader reader = new CommittedReader(
                environment.clients(), List.of(settings.topics().accuracy()), true)) {
            ServeProcess crashing =
                    ServeProcess.start(CommandLineProcess.home(), arguments, folder.resolve("crashing.log"));
            crashing.awaitReady();
            produce(environment, settings, events.subList(0, events.size() / 2));
            Await.until("figures", Duration.ofSeconds(60), () -> read(reader, decoder, published) > 0);
            crashing.process().kill();
            try (ServeProcess serve =
                    ServeProcess.start(CommandLineProcess.home(), arguments, folder.resolve("serve.log"))) {
                serve.awaitReady();
                produce(environment, settings, events.subList(events.size() / 2, events.size()));
                Await.until("all labels are counted", Duration.ofSeconds(90), () -> {
                    read(reader, decoder, published);
                    return MODELS.stream().allMatch(model -> {
                        Accuracy all = published.get("m/" + model + "/all");
                        return all != null
                                && all.getLabels().getReceived() == labels.size()
                                && all.getPredicted() + all.getDuplicates()
                                        == expected.get(model).predicted + expected.get(model).duplicates;
                    });
                });
            }
        }

        for (String model : MODELS) {
            Expected wanted = expected.get(model);
            for (String window : List.of("all", "1h")) {
                Accuracy figures = published.get("m/" + model + "/" + window);
                assertThat(figures.getPredicted()).isEqualTo(wanted.predicted);
                assertThat(figures.getLabelled()).isEqualTo(wanted.labelled);
                assertThat(figures.getCorrect()).isEqualTo(wanted.correct);
                assertThat(figures.getDuplicates()).isEqualTo(wanted.duplicates);
                assertThat(figures.getPending()).isEqualTo(wanted.predicted - wanted.labelled);
                assertThat(figures.getConfusion().stream()
                                .mapToLong(Long::longValue)
                                .toArray())
                        .isEqualTo(wanted.confusion);
            }
            var outcomes = published.get("m/" + model + "/all").getLabels();
            assertThat(outcomes.getReceived())
                    .isEqualTo(labels.size())
                    .isEqualTo(outcomes.getMatched()
                            + outcomes.getPending()
                            + outcomes.getOrphaned()
                            + outcomes.getDuplicate()
                            + outcomes.getCorrected());
            assertThat(outcomes.getMatched() + outcomes.getPending()).isEqualTo(latestLabels.size());
        }
    }

    private static Expected oracle(List<Prediction> predictions, Map<String, Integer> labels, String model) {
        long[] confusion = new long[100];
        Map<String, Integer> first = new HashMap<>();
        long all = 0;
        for (Prediction prediction : predictions) {
            if (prediction.getModelVersion().equals(model)) {
                all++;
                first.putIfAbsent(prediction.getImageId(), prediction.getLabel());
            }
        }
        long labelled = 0;
        long correct = 0;
        for (Map.Entry<String, Integer> prediction : first.entrySet()) {
            Integer label = labels.get(prediction.getKey());
            if (label != null) {
                labelled++;
                correct += label.equals(prediction.getValue()) ? 1 : 0;
                confusion[10 * label + prediction.getValue()]++;
            }
        }
        return new Expected(first.size(), labelled, correct, all - first.size(), confusion);
    }

    private static Prediction prediction(String id, String model, int digit, Instant now) {
        return new Prediction(id, digit, 0.9f, Collections.nCopies(10, 0.1f), "m", model, "images", 0, 0L, now, now, 1);
    }

    private static void produce(Environment environment, Settings settings, List<Object> events) {
        AvroSerializer<Prediction> predictions = new AvroSerializer<>(environment.schemas(), Prediction.class);
        AvroSerializer<DigitLabel> labels = new AvroSerializer<>(environment.schemas(), DigitLabel.class);
        Topics topics = settings.topics();
        try (Producer<byte[], byte[]> producer = environment.producer()) {
            for (Object event : events) {
                if (event instanceof Prediction prediction) {
                    producer.send(new ProducerRecord<>(
                            topics.predictions(),
                            prediction.getImageId().getBytes(UTF_8),
                            predictions.serialize(topics.predictions(), prediction)));
                } else if (event instanceof DigitLabel label) {
                    producer.send(new ProducerRecord<>(
                            topics.labels(),
                            label.getImageId().getBytes(UTF_8),
                            labels.serialize(topics.labels(), label)));
                }
            }
        }
    }

    private static int read(CommittedReader reader, AvroDecoder<Accuracy> decoder, Map<String, Accuracy> into) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
            into.put(
                    new String(record.key(), UTF_8),
                    ((Decoded.Value<Accuracy>) decoder.decode(record.headers(), record.value())).value());
        }
        return into.size();
    }
}
