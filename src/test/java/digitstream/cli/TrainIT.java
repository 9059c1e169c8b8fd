package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.data.DigitData;
import digitstream.data.LabelledImages;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.Programs;
import digitstream.testing.Screen;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the train, model and evaluate commands as a user does, on a small part of the data set. */
class TrainIT {
    @TempDir
    private Path folder;

    @BeforeEach
    void writeDigits() throws IOException {
        DigitData digits = Environment.findDigits();
        write("train", digits.training().slice(0, 3_000));
        write("t10k", digits.test().slice(0, 500));
    }

    @Test
    void stopsGracefullyAndResumes() throws Exception {
        CommandLineProcess training = CommandLineProcess.start(
                folder, List.of(), "train", "--data", "digits", "--model-version", "a", "--epochs", "40");
        Await.until("two epochs", Duration.ofMinutes(1), () -> training.out().contains("epoch  2/40"));
        training.signal("INT");
        assertThat(training.waitFor(Duration.ofSeconds(20))).isEqualTo(130);
        assertThat(training.out())
                .contains("Interrupted. The best epoch so far")
                .contains("digitstream train --resume --data digits\n", "digitstream train --finish --data digits\n");
        assertThat(folder.resolve("models/lenet/a")).doesNotExist();

        CommandLineProcess resumed = CommandLineProcess.run(folder, "train", "--data", "digits", "--resume");
        assertThat(resumed.exitValue()).as(resumed.err()).isZero();
        assertThat(resumed.out())
                .doesNotContain("epoch  1/40")
                .contains("epoch 40/40", "Wrote models/lenet/a")
                .containsPattern("validation 9[0-9]\\.[0-9]{2} %");

        CommandLineProcess again =
                CommandLineProcess.run(folder, "train", "--data", "digits", "--model-version", "a", "--epochs", "1");
        assertThat(again.exitValue()).isEqualTo(1);
        assertThat(again.err()).contains("models/lenet/a already exists; choose another version");

        CommandLineProcess nothing = CommandLineProcess.run(folder, "train", "--data", "digits", "--finish");
        assertThat(nothing.exitValue()).isEqualTo(1);
        assertThat(nothing.err()).contains("there is no unfinished training of lenet in models");
    }

    @Test
    void describesEvaluatesAndComparesModels() throws Exception {
        JsonNode better = train("better", "6");
        train("worse", "1");
        assertThat(better.get("card").get("training").get("preset").asText()).isEqualTo("fast");
        assertThat(better.get("history")).hasSize(6);

        CommandLineProcess described = CommandLineProcess.run(folder, "model", "describe", "models/lenet/better");
        assertThat(described.exitValue()).as(described.err()).isZero();
        assertThat(described.out()).contains("6 x 24 x 24", "16 x 4 x 4", "19,670", "257,024", "(H + 2P - FH)/S + 1");

        CommandLineProcess evaluated = CommandLineProcess.run(
                folder,
                "evaluate",
                "--data",
                "digits",
                "--model",
                "models/lenet/worse",
                "--compare",
                "models/lenet/better",
                "--json",
                "--report",
                "report");
        assertThat(evaluated.exitValue()).as(evaluated.err()).isZero();
        JsonNode json = Json.COMPACT.readTree(evaluated.out());
        assertThat(json.get("images").asInt()).isEqualTo(500);
        assertThat(json.get("classes")).hasSize(10);
        JsonNode other = json.get("comparedWith");
        assertThat(other.get("accuracy").asDouble())
                .isEqualTo(better.get("card").get("evaluation").get("accuracy").asDouble());
        assertThat(other.get("correct").asInt() - json.get("correct").asInt())
                .isEqualTo(other.get("onlySecondCorrect").asInt()
                        - other.get("onlyFirstCorrect").asInt());
        assertThat(other.get("verdict").asText()).contains("the second is significantly better");
        assertThat(folder.resolve("report/report.html")).exists();

        CommandLineProcess text = CommandLineProcess.run(
                folder, "evaluate", "--data", "digits", "--model", "models/lenet/better", "--part", "all");
        assertThat(text.out()).contains("of 3,500; 95 % interval", "precision");
    }

    @Test
    void suggestsTheFlagsThatFindTheTrainingAgain() throws Exception {
        CommandLineProcess training = CommandLineProcess.start(
                folder,
                List.of(),
                "train",
                "--data",
                "digits",
                "--epochs",
                "40",
                "--models",
                "my models",
                "--model-name",
                "own");
        Await.until("an epoch", Duration.ofMinutes(1), () -> training.out().contains("epoch  1/40"));
        training.signal("INT");
        assertThat(training.waitFor(Duration.ofSeconds(20))).isEqualTo(130);
        assertThat(training.out())
                .contains("digitstream train --finish --data digits --models 'my models' --model-name own\n");
    }

    @Test
    void drawsABarThatFitsTheTerminal() throws Exception {
        assumeTrue(Programs.find("script").isPresent(), "script is not installed");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        for (int columns : new int[] {80, 40, 20}) {
            CommandLineProcess training = CommandLineProcess.start(
                    folder,
                    List.of(
                            "script",
                            "-qec",
                            "stty cols " + columns + " rows 24 && exec " + ShellWord.of(java)
                                    + " -Ddigitstream.terminal=true -jar "
                                    + ShellWord.of(CommandLineProcess.home()
                                            .resolve("digitstream.jar")
                                            .toString())
                                    + " train --data digits --epochs 4 --model-version v" + columns,
                            "/dev/null"),
                    Map.of("TERM", "xterm"));
            assertThat(training.waitFor(Duration.ofMinutes(1)))
                    .as(training.out())
                    .isZero();
            assertThat(training.out()).contains("\033[1A\033[J");
            Screen screen = new Screen(columns, 24);
            screen.print(training.out());
            List<String> text = screen.text();
            assertThat(text).filteredOn(line -> line.contains("left")).isEmpty();
            assertThat(text).filteredOn(line -> line.startsWith("  epoch")).hasSize(4);
        }
    }

    private JsonNode train(String version, String epochs) throws Exception {
        CommandLineProcess training = CommandLineProcess.run(
                folder, "train", "--data", "digits", "--model-version", version, "--epochs", epochs, "--json");
        assertThat(training.exitValue()).as(training.err()).isZero();
        return Json.COMPACT.readTree(training.out());
    }

    private void write(String name, LabelledImages images) throws IOException {
        Path digits = Files.createDirectories(folder.resolve("digits"));
        try (DataOutputStream out =
                new DataOutputStream(Files.newOutputStream(digits.resolve(name + "-images-idx3-ubyte")))) {
            out.writeInt(0x803);
            out.writeInt(images.size());
            out.writeInt(images.height());
            out.writeInt(images.width());
            out.write(images.pixels());
        }
        try (DataOutputStream out =
                new DataOutputStream(Files.newOutputStream(digits.resolve(name + "-labels-idx1-ubyte")))) {
            out.writeInt(0x801);
            out.writeInt(images.size());
            out.write(images.labels());
        }
    }
}
