package digitstream.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The program as a process, started from the distribution's jar as a user does. */
public final class CommandLineProcess implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private CommandLineProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Returns the folder of the distribution that the build produced. */
    public static Path home() {
        return Path.of(System.getProperty("digitstream.home")).toAbsolutePath();
    }

    /** Starts the program in a folder, which also holds the files of its output. */
    public static CommandLineProcess start(Path folder, List<String> jvm, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Ddigitstream.home=" + home());
        command.addAll(jvm);
        command.addAll(List.of("-jar", home().resolve("digitstream.jar").toString()));
        command.addAll(List.of(arguments));
        return start(folder, command, Map.of());
    }

    /** Starts a command that runs the program in another way, with additional environment variables. */
    public static CommandLineProcess start(Path folder, List<String> command, Map<String, String> environment)
            throws IOException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(withDefaultInterrupt(command))
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new CommandLineProcess(builder.start(), out, err);
    }

    /**
     * Resets SIGINT to its default. POSIX shells start background jobs with SIGINT ignored; every child inherits that, so that
     * a test run in the background could not interrupt the program. Java cannot reset a signal for a child; Perl can.
     */
    private static List<String> withDefaultInterrupt(List<String> command) {
        Optional<Path> perl = Programs.find("perl");
        if (perl.isEmpty()) {
            return command;
        }
        List<String> reset = new ArrayList<>(List.of(perl.get().toString(), "-e", "$SIG{INT} = 'DEFAULT'; exec @ARGV"));
        reset.addAll(command);
        return reset;
    }

    /** Runs the program and waits until it exits. */
    public static CommandLineProcess run(Path folder, String... arguments) throws Exception {
        CommandLineProcess process = start(folder, List.of(), arguments);
        process.waitFor(Duration.ofMinutes(3));
        return process;
    }

    public int waitFor(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    "the program did not exit within " + atMost.toSeconds() + " s; its output: " + output());
        }
        return process.exitValue();
    }

    public int exitValue() {
        return process.exitValue();
    }

    public String out() throws IOException {
        return Files.readString(out);
    }

    public String err() throws IOException {
        return Files.readString(err);
    }

    public Process process() {
        return process;
    }

    /** Sends a signal by its name, such as INT. */
    public void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private String output() {
        try {
            return out() + err();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        Processes.stop(process, Duration.ofSeconds(40));
    }
}
