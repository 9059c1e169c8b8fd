package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import digitstream.common.LiveLines;
import digitstream.testing.Await;
import digitstream.testing.Programs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TerminalTest {
    @Test
    void asksTheTerminalForItsSizeAndFollowsAResize() throws Exception {
        assumeTrue(Programs.find("script").isPresent(), "script is not installed");
        String output = onTerminal(Map.of("TERM", "xterm"));
        assertThat(output.lines()).containsExactly("width 36", "width 49");
    }

    @Test
    void drawsNothingOnATerminalWithoutControlSequences() throws Exception {
        assumeTrue(Programs.find("script").isPresent(), "script is not installed");
        assertThat(onTerminal(Map.of("TERM", "dumb")).lines()).containsExactly("plain");
        assertThat(onTerminal(Map.of("TERM", "")).lines()).containsExactly("plain");
    }

    @Test
    void readsWhatSttyPrints() {
        assertThat(Terminal.sizeOf("24 80\n")).contains(new LiveLines.Size(80, 24));
        assertThat(Terminal.sizeOf("0 0\n")).isEmpty();
        assertThat(Terminal.sizeOf("stty: invalid argument")).isEmpty();
        assertThat(Terminal.sizeOf("100", "30")).isEqualTo(new LiveLines.Size(100, 30));
        assertThat(Terminal.sizeOf("", "many")).isEqualTo(new LiveLines.Size(80, 24));
        assertThat(Terminal.sizeOf(null, null)).isEqualTo(new LiveLines.Size(80, 24));
    }

    /** Runs {@link Program} on a pseudo terminal of 37 columns. */
    private static String onTerminal(Map<String, String> environment) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        "script",
                        "-qec",
                        "stty cols 37 rows 11 && exec " + ShellWord.of(java)
                                + " -XX:TieredStopAtLevel=1 -Ddigitstream.terminal=true -cp "
                                + ShellWord.of(System.getProperty("java.class.path")) + " '" + Program.class.getName()
                                + "'",
                        "/dev/null"))
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        return output.replace("\r", "");
    }

    /** Prints the width of the lines that fit, before and after a resize. */
    static final class Program {
        public static void main(String[] arguments) throws Exception {
            LiveLines lines = Terminal.liveLines(System.out).orElse(null);
            if (lines == null) {
                System.out.println("plain");
                return;
            }
            System.out.println("width " + lines.width());
            new ProcessBuilder("sh", "-c", "stty cols 50 </dev/tty").start().waitFor();
            int before = lines.width();
            Await.until("the width changes", Duration.ofSeconds(20), () -> lines.width() != before);
            System.out.println("width " + lines.width());
        }
    }
}
