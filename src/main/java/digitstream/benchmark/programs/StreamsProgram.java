package digitstream.benchmark.programs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/** Runs a topology until SIGTERM. */
final class StreamsProgram {
    private StreamsProgram() {}

    /** Runs a topology exactly-once, with Kafka Streams' defaults and these settings. */
    static void run(Topology topology, ProgramOptions options, Map<String, Object> settings) throws Exception {
        Path state = Files.createTempDirectory("digitstream-bench-state-");
        Properties all = new Properties();
        all.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        all.put(StreamsConfig.APPLICATION_ID_CONFIG, options.group());
        all.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrapServer());
        all.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, options.threads());
        all.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        all.putAll(settings);
        KafkaStreams streams = new KafkaStreams(topology, all);
        CountDownLatch running = new CountDownLatch(1);
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                running.countDown();
            }
        });
        streams.setUncaughtExceptionHandler(failure -> {
            System.err.println("ERROR " + failure);
            Runtime.getRuntime().halt(1);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close, "close"));
        streams.start();
        running.await();
        System.out.println("Ready");
    }
}
