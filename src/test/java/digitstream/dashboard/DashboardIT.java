package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.avro.ReleaseRole;
import digitstream.client.ProducePlan;
import digitstream.common.DrawnId;
import digitstream.common.Json;
import digitstream.serde.AvroSerializer;
import digitstream.settings.Topics;
import digitstream.testing.Await;
import digitstream.testing.Environment;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP API of the dashboard, on a running pipeline. */
@ExtendWith(Environment.Extension.class)
class DashboardIT {
    private static final int IMAGES = 3_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;

    private static WatchedPipeline pipeline;

    @BeforeAll
    static void classifyAndScoreSomeImages(Environment environment) throws Exception {
        pipeline = WatchedPipeline.start(environment, folder);
        // A second must be counted before the first image arrives.
        Await.until("the dashboard has started", TIMEOUT, () -> !Json.COMPACT
                .readTree(get("/api/history").body())
                .path("seconds")
                .isEmpty());
        environment.produce(
                pipeline.settings(), new ProducePlan(true, true, 1_500, IMAGES, Duration.ofMillis(300), 1, "w-"));
        awaitState(
                "all images are scored and mistakes are shown",
                state -> labelled(state) == IMAGES && !state.get("mistakes").isEmpty());
    }

    @AfterAll
    static void close() {
        pipeline.close();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(pipeline.dashboard().url()).resolve(path));
    }

    private static HttpResponse<byte[]> get(String path) throws Exception {
        return HTTP.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return HTTP.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** The state that a page receives when it opens. */
    private static JsonNode state() throws Exception {
        return awaitState("any", state -> true);
    }

    /**
     * Waits for a state that matches, over one connection as a page does. One connection per attempt would soon exceed the limit:
     * the server notices that a connection is closed only when it next sends to it.
     */
    private static JsonNode awaitState(String what, Predicate<JsonNode> condition) throws Exception {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        try (EventStream events =
                new EventStream(URI.create(pipeline.dashboard().url()))) {
            while (System.nanoTime() < deadline) {
                EventStream.Event event = events.next();
                assertThat(event.name()).isEqualTo("state");
                JsonNode state = Json.COMPACT.readTree(event.data());
                if (condition.test(state)) {
                    return state;
                }
            }
        }
        throw new AssertionError("no such state within " + TIMEOUT.toSeconds() + " s: " + what);
    }

    private static JsonNode all(JsonNode state) {
        for (JsonNode figures : state.get("accuracy")) {
            if (figures.get("window").asText().equals("all")) {
                return figures;
            }
        }
        return Json.COMPACT.createObjectNode();
    }

    private static int labelled(JsonNode state) {
        return all(state).path("labelled").asInt();
    }

    @Test
    void sendsWhatThePipelinePublishes(Environment environment) throws Exception {
        JsonNode state = state();
        assertThat(state.get("kafka").get("fault").isNull()).isTrue();
        assertThat(state.get("lag")).hasSize(4);
        assertThat(state.get("scoringLag")).hasSize(4);
        assertThat(state.get("model").asText()).isEqualTo("lenet/test");
        JsonNode figures = all(state);
        long[] oracle = pipeline.confusion(environment);
        for (int cell = 0; cell < oracle.length; cell++) {
            assertThat(figures.get("confusion").get(cell).asLong())
                    .as("cell %d", cell)
                    .isEqualTo(oracle[cell]);
        }
    }

    @Test
    void sendsTheHistoryToAPageThatOpens() throws Exception {
        JsonNode history = Json.COMPACT.readTree(get("/api/history").body());
        assertThat(history.get("accuracy")).hasSize(4);
        JsonNode line = history.get("accuracy").get("lenet/test/all");
        assertThat(line).isNotEmpty();
        // Time, accuracy, both ends of its interval, coverage, median label delay.
        assertThat(line.get(line.size() - 1)).hasSize(6);
        // A recorded second may be longer than a second. The sum of rate * length is the number of predictions,
        // including one or two drawn digits.
        double predicted = 0;
        JsonNode seconds = history.get("seconds");
        for (int i = 1; i < seconds.size(); i++) {
            long length = seconds.get(i).get("at").asLong()
                    - seconds.get(i - 1).get("at").asLong();
            predicted += seconds.get(i).get("out").asDouble() * length / 1e3;
        }
        assertThat(predicted).isCloseTo(IMAGES, withinPercentage(2));
    }

    @Test
    void sendsTheStartsOfModels() throws Exception {
        JsonNode starts = Json.COMPACT.readTree(get("/api/history").body()).get("starts");
        assertThat(starts).hasSize(1);
        assertThat(starts.get(0).get("model").asText()).isEqualTo("lenet/test");
        assertThat(state().get("start")).isEqualTo(starts.get(0));
    }

    @Test
    void tellsWhatHappened() throws Exception {
        awaitState("the verdict is settled", state -> StreamSupport.stream(
                        state.get("events").spliterator(), false)
                .anyMatch(event -> event.get("kind").asText().equals("verdict")));
        JsonNode timeline = Json.COMPACT.readTree(get("/api/timeline").body());
        assertThat(timeline.findValuesAsText("kind")).contains("dashboard", "model", "verdict");
        assertThat(timeline.findValuesAsText("text")).contains("This dashboard started", "The champion is lenet/test");
        JsonNode history = Json.COMPACT.readTree(get("/api/history").body());
        assertThat(history.get("events").findValuesAsText("text")).contains("This dashboard started");
        assertThat(history.get("stream").get("images").asText())
                .isEqualTo(pipeline.settings().topics().images());
    }

    /** The estimate is over the window of the accuracy next to it. */
    @Test
    void estimatesOverTheSameWindows() throws Exception {
        JsonNode state = state();
        assertThat(state.get("windowMixes").fieldNames())
                .toIterable()
                .contains("1m", "10m")
                .doesNotContain("1h", "all");
        JsonNode minutes = state.get("windowMixes").get("10m").get("lenet/test");
        assertThat(minutes.get("count").asInt()).isGreaterThan(IMAGES / 4);
        assertThat(minutes.get("estimatedAccuracy").asDouble()).isBetween(0.5, 1.0);
    }

    @Test
    void comparesTheStreamWithTheValidationImagesInTheModelCard() throws Exception {
        JsonNode state = state();
        JsonNode mix = state.get("mixes").get("lenet/test");
        assertThat(mix.get("count").asLong()).isGreaterThanOrEqualTo(IMAGES);
        assertThat(mix.get("baseline").get("images").asLong()).isPositive();
        assertThat(mix.get("baseline").get("classes")).hasSize(10);
        assertThat(mix.get("baseline").get("confidence")).hasSize(15);
        assertThat(mix.get("classDrift").asDouble()).isBetween(0.0, 0.1);
        assertThat(mix.get("confidenceDrift").asDouble()).isBetween(0.0, 0.25);
        assertThat(mix.get("estimatedAccuracy").asDouble())
                .isCloseTo(all(state).get("accuracy").asDouble(), within(0.02))
                .isBetween(
                        mix.get("estimatedLow").asDouble(),
                        mix.get("estimatedHigh").asDouble());
        assertThat(mix.get("estimatedLow").asDouble()).isGreaterThan(0.8);
        assertThat(mix.get("estimateWorthless").asBoolean(true)).isFalse();
    }

    @Test
    void servesTheImageOfAMistakeUnchangedFromItsTopic(Environment environment) throws Exception {
        JsonNode mistake = state().get("mistakes").get(0);
        int number = Integer.parseInt(mistake.get("imageId").asText().substring("w-".length()));
        assertThat(mistake.get("actual").asInt())
                .isEqualTo(environment.digits().test().label(number))
                .isNotEqualTo(mistake.get("predicted").asInt());

        String place = "/api/images/" + mistake.get("partition") + "/" + mistake.get("offset");
        HttpResponse<byte[]> response =
                get(place + "?id=" + mistake.get("imageId").asText());
        assertThat(response.statusCode()).isEqualTo(200);
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(response.body()));
        byte[] pixels = environment.digits().test().pixels(number);
        for (int i = 0; i < pixels.length; i++) {
            assertThat(picture.getRaster().getSample(i % 28, i / 28, 0)).isEqualTo(pixels[i] & 255);
        }

        // As if the topic had been recreated, with another image at this offset.
        assertThat(get(place + "?id=another").statusCode()).isEqualTo(404);

        JsonNode cell =
                Json.COMPACT.readTree(get("/api/mistakes/" + mistake.get("actual") + "/" + mistake.get("predicted"))
                        .body());
        assertThat(cell).contains(mistake);
    }

    @Test
    void answers404ForMissingImagesAnd400ForBadRequests() throws Exception {
        assertThat(get("/api/images/0/999999999?id=a").statusCode()).isEqualTo(404);
        assertThat(get("/api/images/99/0?id=a").statusCode()).isEqualTo(404);
        assertThat(get("/api/images/0/x?id=a").statusCode()).isEqualTo(400);
        assertThat(get("/api/images/0/0").statusCode()).isEqualTo(400);
    }

    @Test
    void anotherDashboardShowsTheSameFiguresAndHistory(Environment environment) throws Exception {
        JsonNode first = state();
        try (Dashboard another = pipeline.startDashboard(environment, 0)) {
            URI history = URI.create(another.url()).resolve("/api/history");
            Await.until("it has loaded the history", TIMEOUT, () -> status(history) == 200);
            assertThat(json(history).get("latest")).hasSize(4);
            Await.until("it has the same history", TIMEOUT, () -> {
                JsonNode accuracy =
                        Json.COMPACT.readTree(get("/api/history").body()).get("accuracy");
                return accuracy.has("lenet/test/all")
                        && accuracy.equals(json(history).get("accuracy"));
            });
            JsonNode mistake = first.get("mistakes").get(0);
            JsonNode cell = json(URI.create(another.url())
                    .resolve("/api/mistakes/" + mistake.get("actual") + "/" + mistake.get("predicted")));
            assertThat(cell).contains(mistake);
        }
    }

    private static JsonNode json(URI uri) throws Exception {
        return Json.COMPACT.readTree(
                HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
                        .body());
    }

    private static int status(URI uri) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Scoring writes such records to the dead letters; the dashboard continues. */
    @Test
    void skipsInvalidRecords(Environment environment) throws Exception {
        Topics topics = pipeline.settings().topics();
        byte[] key = "w-000000000".getBytes(UTF_8);
        Instant now = Instant.now();
        AvroSerializer<DigitLabel> labels = new AvroSerializer<>(environment.schemas(), DigitLabel.class);
        AvroSerializer<ModelRelease> releases = new AvroSerializer<>(environment.schemas(), ModelRelease.class);
        AvroSerializer<Prediction> predictions = new AvroSerializer<>(environment.schemas(), Prediction.class);
        try (Producer<byte[], byte[]> producer = environment.producer()) {
            for (int label : new int[] {-1, 10, Integer.MAX_VALUE}) {
                producer.send(new ProducerRecord<>(
                        topics.labels(),
                        key,
                        labels.serialize(topics.labels(), new DigitLabel("w-000000000", label, now))));
                producer.send(new ProducerRecord<>(
                        topics.predictions(),
                        key,
                        predictions.serialize(
                                topics.predictions(), MistakesTest.prediction("w-000000000", label, 2f, now))));
            }
            producer.send(new ProducerRecord<>(topics.accuracy(), key, key));
            producer.send(new ProducerRecord<>(topics.labels(), new byte[] {(byte) 0xff}, null));
            for (long started : new long[] {-5, Long.MAX_VALUE}) {
                producer.send(new ProducerRecord<>(
                        topics.models(),
                        "lenet/bad".getBytes(UTF_8),
                        releases.serialize(
                                topics.models(),
                                ModelRelease.newBuilder()
                                        .setRole(ReleaseRole.CHAMPION)
                                        .setModelName("lenet")
                                        .setModelVersion("bad")
                                        .setSha256("")
                                        .setStartedAt(Instant.ofEpochMilli(started))
                                        .build())));
            }
        }
        classifiesADrawnDigitThroughKafkaAndAcceptsItsLabel();
        assertThat(pipeline.dashboard().failure()).isNotDone();
        assertThat(Json.COMPACT
                        .readTree(get("/api/history").body())
                        .get("starts")
                        .findValuesAsText("model"))
                .contains("lenet/test")
                .doesNotContain("lenet/bad");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
    }

    /** As in scoring, a retraction at a time that no label could have counts as of now. */
    @Test
    void takesALabelBackWhateverTheTimestamp(Environment environment) throws Exception {
        String imageId = draw().get("imageId").asText();
        assertThat(post("/api/labels", "{\"imageId\":\"" + imageId + "\",\"label\":4}")
                        .statusCode())
                .isEqualTo(200);
        Await.until("the mistake", TIMEOUT, () -> mistaken().contains(imageId));
        String topic = pipeline.settings().topics().labels();
        try (Producer<byte[], byte[]> producer = environment.producer()) {
            producer.send(new ProducerRecord<>(topic, null, Long.valueOf(0), imageId.getBytes(UTF_8), (byte[]) null));
        }
        Await.until("no mistake", TIMEOUT, () -> !mistaken().contains(imageId));
    }

    private static List<String> mistaken() throws Exception {
        return Json.COMPACT.readTree(get("/api/mistakes").body()).findValuesAsText("imageId");
    }

    private static JsonNode draw() throws Exception {
        byte[] drawing = new byte[112 * 112];
        for (int y = 20; y < 92; y++) {
            for (int x = 51; x < 61; x++) {
                drawing[112 * y + x] = (byte) 255;
            }
        }
        HttpResponse<String> response = post(
                "/api/digits",
                "{\"side\":112,\"pixels\":\"" + Base64.getEncoder().encodeToString(drawing) + "\"}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Json.COMPACT.readTree(response.body());
    }

    @Test
    void classifiesADrawnDigitThroughKafkaAndAcceptsItsLabel() throws Exception {
        JsonNode answer = draw();
        assertThat(answer.get("label").asInt()).isEqualTo(1);
        assertThat(answer.get("probabilities")).hasSize(10);
        assertThat(answer.get("committedMillis").asLong())
                .isGreaterThanOrEqualTo(answer.get("predictedMillis").asLong());

        for (String label : List.of("1", "null")) {
            HttpResponse<String> sent =
                    post("/api/labels", "{\"imageId\":" + answer.get("imageId") + ",\"label\":" + label + "}");
            assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
            assertThat(sent.body()).isEqualTo("{\"scored\":false}");
        }
    }

    @Test
    void rejectsInvalidDrawingsAndLabels() throws Exception {
        for (String body : new String[] {
            "",
            "{",
            "{}",
            "{\"side\":28,\"pixels\":\"AAAA\"}",
            "{\"side\":28,\"pixels\":\"%%\"}",
            "{\"side\":1000000,\"pixels\":\"\"}",
            "{\"side\":28,\"pixels\":\"" + Base64.getEncoder().encodeToString(new byte[784]) + "\"}"
        }) {
            HttpResponse<String> response = post("/api/digits", body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(Json.COMPACT.readTree(response.body()).get("error").asText())
                    .isNotBlank();
        }
        assertThat(post("/api/labels", "{\"imageId\":\"w-000000001\",\"label\":1}")
                        .statusCode())
                .isEqualTo(400);
        for (String label : List.of("10", "-1", "\"x\"", "{}", "\"3\"", "3.7", "true")) {
            assertThat(post("/api/labels", "{\"imageId\":\"" + DrawnId.next() + "\",\"label\":" + label + "}")
                            .statusCode())
                    .as(label)
                    .isEqualTo(400);
        }
        assertThat(post("/api/labels", "{\"imageId\":\"" + DrawnId.next() + "\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void rejectsRequestsFromOtherPages() throws Exception {
        HttpResponse<String> foreign = HTTP.send(
                request("/api/labels")
                        .header("Content-Type", "application/json")
                        .header("Origin", "http://elsewhere.example")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"imageId\":\"drawn-1\",\"label\":1}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(foreign.statusCode()).isEqualTo(403);
        HttpResponse<String> form = HTTP.send(
                request("/api/labels")
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"imageId\":\"drawn-1\",\"label\":1}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(form.statusCode()).isEqualTo(415);
        assertThat(get("/").headers().firstValue("Content-Security-Policy")).isPresent();
    }

    @Test
    void reportsAPortInUse(Environment environment) {
        int port = URI.create(pipeline.dashboard().url()).getPort();
        assertThatThrownBy(() -> pipeline.startDashboard(environment, port).close())
                .isInstanceOf(DashboardException.class)
                .hasMessageContaining("127.0.0.1:" + port);
    }
}
