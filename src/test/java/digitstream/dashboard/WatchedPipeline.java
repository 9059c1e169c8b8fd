package digitstream.dashboard;

import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.common.Digits;
import digitstream.common.DrawnId;
import digitstream.dashboard.access.Access;
import digitstream.data.CentredDigit;
import digitstream.local.ServeProcess;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.settings.Settings;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** A test's own topics, a {@code serve} process on them, and a dashboard. */
final class WatchedPipeline implements AutoCloseable {
    private final Settings settings;
    private final ServeProcess serve;
    private final Admin admin;
    private Dashboard dashboard;

    private WatchedPipeline(Settings settings, ServeProcess serve, Admin admin) {
        this.settings = settings;
        this.serve = serve;
        this.admin = admin;
    }

    static WatchedPipeline start(Environment environment, Path folder) throws Exception {
        Map<String, String> given = environment.freshTopics();
        List<String> arguments = environment.serveArguments(folder.resolve("state"), given);
        ServeProcess serve = ServeProcess.start(CommandLineProcess.home(), arguments, folder.resolve("serve.log"));
        serve.awaitReady();
        WatchedPipeline pipeline = new WatchedPipeline(Settings.parse(given), serve, environment.admin());
        pipeline.dashboard = pipeline.startDashboard(environment, 0);
        return pipeline;
    }

    Dashboard startDashboard(Environment environment, int port) {
        return startDashboard(environment, port, Access.DEFAULT);
    }

    Dashboard startDashboard(Environment environment, int port, Access access) {
        return Dashboard.start(
                StreamSource.of(settings, environment.clients(), admin, environment.schemas()),
                CentredDigit::of,
                new Dashboard.Options("127.0.0.1", port, Duration.ofHours(1), access),
                new Metrics(),
                new Health());
    }

    /** Starts a dashboard in place of the closed one, on the same port. */
    void restartDashboard(Environment environment, int port) {
        dashboard = startDashboard(environment, port);
    }

    Settings settings() {
        return settings;
    }

    Dashboard dashboard() {
        return dashboard;
    }

    /**
     * The expected confusion matrix, from the predictions in their topic and the labels of the data set, without drawn
     * digits.
     */
    long[] confusion(Environment environment) {
        long[] counts = new long[100];
        AvroDecoder<Prediction> decoder = new AvroDecoder<>(environment.schemas(), Prediction.class);
        try (CommittedReader reader = new CommittedReader(
                environment.clients(), List.of(settings.topics().predictions()), true)) {
            int empty = 0;
            while (empty < 5) {
                ConsumerRecords<byte[], byte[]> records = reader.poll(Duration.ofMillis(200));
                empty = records.isEmpty() ? empty + 1 : 0;
                records.forEach(record -> {
                    Prediction prediction =
                            ((Decoded.Value<Prediction>) decoder.decode(record.headers(), record.value())).value();
                    String imageId = prediction.getImageId();
                    String number = imageId.substring(imageId.indexOf('-') + 1);
                    if (DrawnId.isDrawn(imageId)) {
                        return;
                    }
                    int actual = environment.digits().test().label(Integer.parseInt(number));
                    // DashboardIT sends invalid predictions too, which are dead-lettered.
                    if (prediction.getLabel() >= 0 && prediction.getLabel() < Digits.CLASSES) {
                        counts[Digits.CLASSES * actual + prediction.getLabel()]++;
                    }
                });
            }
        }
        return counts;
    }

    @Override
    public void close() {
        dashboard.close();
        admin.close();
        serve.close();
    }
}
