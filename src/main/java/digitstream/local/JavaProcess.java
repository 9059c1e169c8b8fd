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
 * A Java program as a child process. It ends when this process does ({@link ParentWatch}), and it does not see a Ctrl-C,
 * which a terminal sends to all: the parent decides in which order things end.
 */
public final class JavaProcess implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private static final int FEW_PROCESSORS = 4;

    private final String name;
    private final Process process;
    private final Path log;

    private JavaProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * The option that chooses the JVM's compilers for a process that lives for minutes: with few processors the quick one
     * alone, because the optimising one would take half of them for the first half minute (docs/decisions/005).
     */
    public static String compiler() {
        return Runtime.getRuntime().availableProcessors() <= FEW_PROCESSORS
                ? "-XX:TieredStopAtLevel=1"
                : "-XX:+TieredCompilation";
    }

    /**
     * Starts a program.
     *
     * @param name what people call it
     * @param home the folder of {@code digitstream.jar}
     * @param arguments the JVM's and the program's, as behind {@code java}
     * @param log takes standard error, and standard output too unless that is asked for
     * @param keepOutput whether {@link #output()} gives standard output
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
            // What is ignored when the JVM starts stays ignored.
            command.addAll(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
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

    /** What the program prints, line by line; the caller reads it to its end. */
    public BufferedReader output() {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it at once, as a crash would. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits until it has ended, and gives its exit status. */
    public int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    /** Why it ended, in one line: what it last said of an error, and where its log is. */
    public String lastWords() {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            List<String> telling = lines.filter(line -> !line.isBlank()
                            && (line.contains("ERROR")
                                    || line.contains("FATAL")
                                    || line.contains("Exception")
                                    || line.startsWith("digitstream:")
                                    || line.startsWith("Error")))
                    .toList();
            String last = telling.isEmpty()
                    ? "it said nothing of an error"
                    : telling.get(0).strip();
            return last + " (log: " + log + ")";
        } catch (IOException e) {
            return "its log " + log + " can't be read: " + e.getMessage();
        }
    }

    /** Asks it to end, and waits; after half a minute it is killed. */
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
