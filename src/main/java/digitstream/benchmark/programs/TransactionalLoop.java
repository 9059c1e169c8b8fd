package digitstream.benchmark.programs;

import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.serde.SchemaRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a user would write by hand for throughput: threads with a consumer and a transactional producer each, which classify in
 * batches and commit the offsets in the producer's transaction.
 */
public final class TransactionalLoop {
    private TransactionalLoop() {}

    /** Runs the program. */
    public static void main(String[] arguments) throws InterruptedException {
        ProgramOptions options = ProgramOptions.parse(arguments);
        Engines.forInference();
        AtomicBoolean stop = new AtomicBoolean();
        try (LoadedModel model = LoadedModel.load(ModelArtifact.open(options.model()));
                SchemaRegistry schemas = new SchemaRegistry(options.schemaRegistry(), Map.of())) {
            CountDownLatch assigned = new CountDownLatch(options.threads());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < options.threads(); i++) {
                LoopThread loop = new LoopThread(options, i, model, schemas, stop::get, assigned::countDown);
                Thread thread = new Thread(loop, "loop-" + i);
                thread.setUncaughtExceptionHandler((failed, failure) -> {
                    System.err.println("ERROR " + failed.getName() + ": " + failure);
                    Runtime.getRuntime().halt(1);
                });
                threads.add(thread);
                thread.start();
            }
            Thread main = Thread.currentThread();
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                stop.set(true);
                                join(main);
                            },
                            "stop"));
            assigned.await();
            System.out.println("Ready");
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void join(Thread main) {
        try {
            main.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
