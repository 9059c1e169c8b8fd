package digitstream.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code digitstream serve} as a child process. */
public final class ServeProcess implements AutoCloseable {
    private static final String NAME = "the serving process";

    private final ReadyProcess ready;

    private ServeProcess(ReadyProcess ready) {
        this.ready = ready;
    }

    /**
     * Starts the process.
     *
     * @param home the folder of the distribution
     * @param arguments the arguments of {@code serve}
     * @param log the file that its log is appended to
     */
    public static ServeProcess start(Path home, List<String> arguments, Path log) {
        return new ServeProcess(
                ReadyProcess.start(NAME, home, JavaProcess.compilerOption(), program(home, arguments), log));
    }

    /** Returns the arguments of {@code java} that run {@code serve} with these arguments, for {@link ReadyProcess}. */
    public static List<String> program(Path home, List<String> arguments) {
        List<String> program =
                new ArrayList<>(List.of("-jar", home.resolve("digitstream.jar").toString(), "serve"));
        program.addAll(arguments);
        return program;
    }

    /**
     * Waits until the process is consuming.
     *
     * @throws LocalException if it stops first, or takes longer than two minutes
     */
    public void awaitReady() throws InterruptedException {
        ready.awaitReady();
    }

    /** Returns the URL of its metrics, once it is ready and if its arguments ask for metrics. */
    public Optional<String> metricsUrl() {
        return ready.printed("Metrics: ");
    }

    public JavaProcess process() {
        return ready.process();
    }

    @Override
    public void close() {
        ready.close();
    }
}
