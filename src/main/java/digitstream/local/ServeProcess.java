package digitstream.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code digitstream serve} as a child process. */
public final class ServeProcess implements AutoCloseable {
    private static final long READY_TIMEOUT_SECONDS = 120;

    private final JavaProcess process;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private ServeProcess(JavaProcess process) {
        this.process = process;
    }

    /**
     * Starts the process.
     *
     * @param home the folder of the distribution
     * @param arguments the arguments of {@code serve}
     * @param log the file that its log is appended to
     */
    public static ServeProcess start(Path home, List<String> arguments, Path log) {
        List<String> all = new ArrayList<>(List.of(
                JavaProcess.compilerOption(),
                // Room for fetched records; the memory of PyTorch and RocksDB is outside the heap.
                "-Xms256m",
                "-Xmx768m",
                "-XX:+UseParallelGC",
                "-Ddigitstream.home=" + home,
                "-jar",
                home.resolve("digitstream.jar").toString(),
                "serve"));
        all.addAll(arguments);
        ServeProcess serve = new ServeProcess(JavaProcess.start("the serving process", home, all, Map.of(), log, true));
        Thread reader = new Thread(serve::read, "serve-output");
        reader.setDaemon(true);
        reader.start();
        return serve;
    }

    private void read() {
        try (BufferedReader output = process.output()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("Ready")) {
                    ready.complete(null);
                }
            }
            ready.completeExceptionally(new LocalException("the serving process has stopped: " + process.firstError()));
        } catch (IOException | UncheckedIOException e) {
            ready.completeExceptionally(e);
        }
    }

    /**
     * Waits until the process is consuming.
     *
     * @throws LocalException if it stops first, or takes longer than two minutes
     */
    public void awaitReady() throws InterruptedException {
        try {
            ready.get(READY_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LocalException known
                    ? known
                    : new LocalException("the output of the serving process can't be read: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new LocalException(
                    "the serving process is not ready after " + READY_TIMEOUT_SECONDS + " s: " + process.firstError(),
                    e);
        }
    }

    public JavaProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
