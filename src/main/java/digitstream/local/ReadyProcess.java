package digitstream.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program with a topology as a child process, which prints a line that starts with {@code Ready} once it is consuming. Every such
 * program gets the same heap, collector and compilers, so that they can be compared.
 */
public final class ReadyProcess implements AutoCloseable {
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);

    private final String name;
    private final JavaProcess process;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Queue<String> printed = new ConcurrentLinkedQueue<>();

    private ReadyProcess(String name, JavaProcess process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts the process.
     *
     * @param name the name used in messages
     * @param home the folder of the distribution
     * @param compilers the JVM option that selects the compilers
     * @param program the rest of the arguments of {@code java}: the class path or jar, the main class, and its arguments
     * @param log the file that its log is appended to
     */
    public static ReadyProcess start(String name, Path home, String compilers, List<String> program, Path log) {
        List<String> all = new ArrayList<>(jvm(home, compilers));
        all.addAll(program);
        ReadyProcess started = new ReadyProcess(name, JavaProcess.start(name, home, all, Map.of(), log, true));
        Thread reader = new Thread(started::read, "process-output");
        reader.setDaemon(true);
        reader.start();
        return started;
    }

    /** Selects both compilers, as for a program that runs for long. */
    public static final String ALL_COMPILERS = "-XX:+TieredCompilation";

    /** Returns the options of the JVM. */
    public static List<String> jvm(Path home, String compilers) {
        return List.of(
                compilers,
                // Room for fetched records; the memory of PyTorch and RocksDB is outside the heap.
                "-Xms256m",
                "-Xmx768m",
                "-XX:+UseParallelGC",
                "-Ddigitstream.home=" + home);
    }

    private void read() {
        try (BufferedReader output = process.output()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("Ready")) {
                    ready.complete(null);
                } else if (!ready.isDone()) {
                    printed.add(line);
                }
            }
            ready.completeExceptionally(new LocalException(name + " has stopped: " + process.firstError()));
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
        awaitReady(READY_TIMEOUT);
    }

    /**
     * Waits until the process is consuming.
     *
     * @throws LocalException if it stops first, or takes longer than this
     */
    public void awaitReady(Duration atMost) throws InterruptedException {
        try {
            ready.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LocalException known
                    ? known
                    : new LocalException("the output of " + name + " can't be read: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new LocalException(
                    name + " is not ready after " + atMost.toSeconds() + " s: " + process.firstError(), e);
        }
    }

    /** Returns the rest of the first line with this prefix, among those printed before {@code Ready}. */
    Optional<String> printed(String prefix) {
        return printed.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst();
    }

    public JavaProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
