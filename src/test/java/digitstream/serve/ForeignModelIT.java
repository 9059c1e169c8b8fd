package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitImage;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.local.ServeProcess;
import digitstream.model.Graphs;
import digitstream.model.ModelCard;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.Decoded;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import digitstream.streams.DeadLetters;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.TorchScripts;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Serves models that were not trained here. */
@ExtendWith(Environment.Extension.class)
class ForeignModelIT {
    private static final int GOOD_AROUND = 20;

    /** What the model below does with images of this first pixel, and the message of the dead letter. */
    private static final Map<Integer, String> ODD = Map.of(
            255,
            "the model returns no probabilities for this image: its output for digit 0 is Infinity, not a probability",
            254,
            "the model returns no probabilities for this image: its outputs sum to 2.0, not to 1",
            253,
            "no ink");

    /** Its largest output is in the column of the first pixel's last decimal digit. */
    private static final byte[] FIRST_PIXEL = TorchScripts.module(
            TorchScripts.LOGITS
                    + """
                first = torch.to(torch.select(torch.flatten(x, 1), 1, 0), 4)
                hot = torch.to(torch.one_hot(torch.remainder(first, 10), 10), 6)
                y = torch.softmax(torch.add(torch.mul(logits, 0.01), torch.mul(hot, 8)), 1)
                inf = torch.unsqueeze(torch.to(torch.ne(first, 255), 6), 1)
                twice = torch.unsqueeze(torch.add(torch.to(torch.eq(first, 254), 6), 1), 1)
                if bool(torch.any(torch.eq(first, 253))):
                  ops.prim.RaiseException("no ink")
                else:
                  pass
                return torch.mul(torch.div(y, inf), twice)
            """);

    private static final List<String> REVERSED =
            List.of("nine", "eight", "seven", "six", "five", "four", "three", "two", "one", "zero");

    @TempDir
    private Path folder;

    @Test
    void usesTheOrderOfTheCardAndDeadLettersImagesWithoutProbabilities(Environment environment) throws Exception {
        Path model = Graphs.write(folder, "mine", FIRST_PIXEL, REVERSED, null).directory();
        Map<String, String> given = environment.freshTopics();
        Topics topics = Settings.parse(given).topics();
        Map<String, Integer> digits = produce(environment, topics);
        AvroDecoder<Prediction> decoder = new AvroDecoder<>(environment.schemas(), Prediction.class);
        Map<String, Prediction> predictions = new HashMap<>();
        Map<String, String> messages = new HashMap<>();
        List<String> arguments =
                environment.serveArguments(model, folder.resolve("state"), given, "--only", "classify");
        try (ServeProcess serve =
                        ServeProcess.start(CommandLineProcess.home(), arguments, folder.resolve("serve.log"));
                CommittedReader reader = new CommittedReader(
                        environment.clients(), List.of(topics.predictions(), topics.deadLetters()), true)) {
            serve.awaitReady();
            Await.until("every image is predicted or dead-lettered", Duration.ofSeconds(30), () -> {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
                    String id = new String(record.key(), UTF_8);
                    if (record.topic().equals(topics.deadLetters())) {
                        assertThat(header(record, DeadLetters.REASON)).isEqualTo("unclassifiable");
                        messages.put(id, header(record, DeadLetters.MESSAGE));
                    } else {
                        predictions.put(
                                id,
                                ((Decoded.Value<Prediction>) decoder.decode(record.headers(), record.value())).value());
                    }
                }
                return predictions.size() + messages.size() >= digits.size() + ODD.size();
            });
            assertThat(serve.process().isAlive()).isTrue();
        }
        Map<String, Integer> predicted = new HashMap<>();
        predictions.forEach((id, prediction) -> predicted.put(id, prediction.getLabel()));
        assertThat(predicted).isEqualTo(digits);
        assertThat(predictions.values())
                .allSatisfy(it ->
                        assertThat(it.getProbabilities().get(it.getLabel())).isEqualTo(it.getConfidence()));
        ODD.forEach((pixel, message) -> assertThat(messages.get("odd-" + pixel)).contains(message));
    }

    /** Returns the ids of the images that can be classified, and their digits. */
    private static Map<String, Integer> produce(Environment environment, Topics topics) {
        AvroSerializer<DigitImage> images = new AvroSerializer<>(environment.schemas(), DigitImage.class);
        Map<String, Integer> digits = new HashMap<>();
        try (Producer<byte[], byte[]> producer = environment.producer()) {
            for (int odd : ODD.keySet()) {
                for (int i = 0; i < 2 * GOOD_AROUND; i++) {
                    if (i == GOOD_AROUND) {
                        send(producer, topics, images, "odd-" + odd, odd);
                    }
                    String id = "good-" + odd + "-" + i;
                    digits.put(id, 9 - i % 10);
                    send(producer, topics, images, id, i);
                }
            }
        }
        return digits;
    }

    private static void send(
            Producer<byte[], byte[]> producer,
            Topics topics,
            AvroSerializer<DigitImage> images,
            String id,
            int firstPixel) {
        byte[] pixels = new byte[784];
        pixels[0] = (byte) firstPixel;
        DigitImage image = new DigitImage(id, 28, 28, ByteBuffer.wrap(pixels), Instant.now());
        producer.send(
                new ProducerRecord<>(topics.images(), id.getBytes(UTF_8), images.serialize(topics.images(), image)));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void refusesAModelThatReturnsLogarithmsInOneLine(Environment environment) throws Exception {
        Path model = Graphs.write(
                        folder, "mine", TorchScripts.returning("torch.log_softmax(logits, 1)"), ModelCard.DIGITS, null)
                .directory();
        List<String> arguments = environment.serveArguments(model, folder.resolve("state"), environment.freshTopics());
        List<String> all = new ArrayList<>(List.of("serve"));
        all.addAll(arguments);
        CommandLineProcess serve = CommandLineProcess.run(folder, all.toArray(new String[0]));
        assertRefused(serve, "end the network with softmax(dim=1) in place of log_softmax");
    }

    @Test
    void namesWhatIsWrongBeforeItPrintsAnything() throws Exception {
        Path model = Graphs.write(
                        folder, "mine", TorchScripts.returning("torch.softmax(logits, 1)"), ModelCard.DIGITS, null)
                .directory();
        assertRefused(
                CommandLineProcess.run(folder, "model", "benchmark", model.toString()),
                "the card of mine 1 has no 'network'");
        try (CommandLineProcess describe = CommandLineProcess.start(
                folder,
                List.of("-Djava.io.tmpdir=" + folder.resolve("nowhere")),
                "model",
                "describe",
                model.toString())) {
            describe.waitFor(Duration.ofMinutes(1));
            assertRefused(describe, "the temporary folder " + folder.resolve("nowhere") + " does not exist");
        }
        try (CommandLineProcess describe = CommandLineProcess.start(
                folder, List.of("-DDJL_CACHE_DIR=/proc/self"), "model", "describe", model.toString())) {
            describe.waitFor(Duration.ofMinutes(1));
            assertRefused(describe, "DJL_CACHE_DIR is /proc/self, where nothing can be written");
        }
    }

    private static void assertRefused(CommandLineProcess process, String message) throws Exception {
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(process.err().lines()).singleElement().asString().contains(message);
        assertThat(process.out()).isEmpty();
    }
}
