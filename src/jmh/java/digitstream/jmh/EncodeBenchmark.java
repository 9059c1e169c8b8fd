package digitstream.jmh;

import com.sun.net.httpserver.HttpServer;
import digitstream.avro.Prediction;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** Encoding predictions in the Confluent wire format. */
public class EncodeBenchmark extends PerRecord {
    private static final String TOPIC = "digits.predictions";

    private final List<Prediction> predictions = Records.predictions();
    private AvroSerializer<Prediction> serializer;

    // JMH calls setUp before anything else.
    @SuppressWarnings("NullAway.Init")
    public EncodeBenchmark() {}

    /** Registers the schema at a server that gives it an id; encoding itself asks no server. */
    @Setup
    public void setUp() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] answer = ("{\"id\": " + Records.SCHEMA_ID + "}").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            try (var body = exchange.getResponseBody()) {
                body.write(answer);
            }
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try (SchemaRegistry registry = new SchemaRegistry(url, Map.of())) {
            serializer = new AvroSerializer<>(registry, Prediction.class);
            serializer.register(TOPIC);
        } finally {
            server.stop(0);
        }
    }

    @Benchmark
    @OperationsPerInvocation(Records.BATCH)
    public void prediction(Blackhole blackhole) {
        for (Prediction prediction : predictions) {
            blackhole.consume(serializer.serialize(TOPIC, prediction));
        }
    }
}
