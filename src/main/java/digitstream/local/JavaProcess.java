package digitstream.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Java program as a child process. It exits when this process does ({@link ParentWatch}). It ignores SIGINT, which a terminal
 * sends to the whole process group on Ctrl-C, so that the parent decides the order of the shutdown.
 */
public final class JavaProcess implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private static final int FEW_PROCESSORS = 4;

    /** Java 24 and newer warn when a library loads native code or uses sun.misc.Unsafe. Java 17 does not know the options. */
    private static final int FIRST_JAVA_THAT_WARNS = 24;

    private static final List<String> PERMITS =
            List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    private final String name;
    private final Process process;
    private final Path log;

    private JavaProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Returns the JVM option that selects the compilers for a process that runs for minutes. With few processors it selects C1
     * alone, because C2 would use half of them for the first half minute (docs/decisions/005).
     */
    public static String compilerOption() {
        return Runtime.getRuntime().availableProcessors() <= FEW_PROCESSORS
                ? "-XX:TieredStopAtLevel=1"
                : "-XX:+TieredCompilation";
    }

    /**
     * Starts a program.
     *
     * @param name the name used in messages
     * @param home the folder of {@code digitstream.jar}
     * @param arguments the arguments of {@code java}: the JVM's and the program's
     * @param log the file that standard error is appended to, and standard output too unless {@code keepOutput} is set
     * @param keepOutput whether {@link #output()} returns standard output
     */
    public static JavaProcess start(
            String name,
            Path home,
            List<String> arguments,
            Map<String, String> environment,
            Path log,
            boolean keepOutput) {
        List<String> command = new ArrayList<>();
        if (!isWindows()) {
            // The JVM keeps ignoring a signal that was ignored when it started.
            command.addAll(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= FIRST_JAVA_THAT_WARNS) {
            command.addAll(PERMITS);
        }
        command.add("-Djava.awt.headless=true");
        command.add("-javaagent:" + home.resolve("digitstream.jar"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        if (!keepOutput) {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        }
        builder.environment().putAll(environment);
        try {
            return new JavaProcess(name, builder.start(), log);
        } catch (IOException e) {
            throw new LocalException(name + " can't be started: " + e.getMessage(), e);
        }
    }

    /** Returns standard output. The caller must read it to its end, so that the program does not block. */
    public BufferedReader output() {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills the process immediately, as a crash would, and waits until it has exited. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits until the process has exited, and returns its exit status. */
    public int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    /** Returns the first error in the log, and the path of the log, in one line. */
    public String firstError() {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            List<String> errors = lines.filter(line -> !line.isBlank()
                            && (line.contains("ERROR")
                                    || line.contains("FATAL")
                                    || line.contains("Exception")
                                    || line.startsWith("digitstream:")
                                    || line.startsWith("Error")))
                    .toList();
            String first =
                    errors.isEmpty() ? "no error was logged" : errors.get(0).strip();
            return first + " (log: " + log + ")";
        } catch (IOException e) {
            return "its log " + log + " can't be read: " + e.getMessage();
        }
    }

    /** Asks the process to stop, and waits. Kills it after 30 seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return name + " (process " + pid() + ")";
    }

    private static boolean isWindows() {
        return System.getProperty("os.name").startsWith("Windows");
    }
}
