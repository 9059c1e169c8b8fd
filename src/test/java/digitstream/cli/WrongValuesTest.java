package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What commands do with values that can't work: they refuse them at once, in one line, before anything is loaded or started. */
class WrongValuesTest {
    private static final String SERVERS = "--bootstrap-server 127.0.0.1:1 --schema-registry http://127.0.0.1:1";

    /** A name that is longer than any folder's may be. */
    private static final String LONG = "n".repeat(300);

    @TempDir
    private Path folder;

    /** Command lines with a wrong value, which follows {@code =} where it may be empty, and a part of the message. */
    private static final String WRONG_VALUES =
            """
            train --model-name=a/b                            | can't be the name of a folder
            train --model-name=..                             | can't be the name of a folder
            train --model-name=.                              | can't be the name of a folder
            train --model-name=                               | can't be the name of a folder
            train --model-name=a\\b                            | can't be the name of a folder
            train --model-name=-x                             | can't be the name of a folder
            train --model-name=.hidden                        | can't be the name of a folder
            train --model-name=dot.                           | can't be the name of a folder
            train --model-name=a<TAB>b                        | can't be the name of a folder
            train --model-name=a<LF>b                         | can't be the name of a folder
            train --model-name=<LONG>                         | (300 characters)' can't be the name of a folder
            train --model-name=CON                            | the name of a device on Windows
            train --model-name=com1.v2                        | the name of a device on Windows
            train --model-version=1/2                         | --model-version
            train --model-version=                            | --model-version
            train --finish --model-version=../../x            | --model-version
            train --device=tpu                                | 'tpu' is no device; use auto, cpu, gpu or gpu:N
            train --device=                                   | no device
            train --device=gpu:                               | no device
            train --device=gpu:-1                             | no device
            train --device=CPU                                | no device
            train --preset=slow                               | --preset
            train --preset=                                   | --preset
            train --epochs=0                                  | epochs is 0; set it to 1 or more
            train --epochs=-3                                 | epochs is -3
            train --epochs=many                               | --epochs
            train --epochs=99999999999                        | --epochs
            train --batch-size=0                              | batch size is 0
            train --batch-size=1.5                            | --batch-size
            train --learning-rate=0                           | learning rate is 0
            train --learning-rate=NaN                         | learning rate is NaN
            train --learning-rate=1e400                       | learning rate is Infinity
            train --learning-rate=fast                        | --learning-rate
            train --seed=x                                    | --seed
            train --models=                                   | --models
            train --data=                                     | --data
            train --max-bad-images=-1                         | '-1' is not a count; use 0 or more
            train --max-bad-images=some                       | --max-bad-images
            demo --max-bad-images=-1                          | '-1' is not a count; use 0 or more
            evaluate --max-bad-images=-1                | '-1' is not a count; use 0 or more
            produce <SERVERS> --max-bad-images=-1             | '-1' is not a count; use 0 or more
            train --resume --finish                           | mutually exclusive
            train --resume --epochs 3                         | omit --preset, --epochs
            train --if-missing --json                         | omit --model-version
            evaluate --limit=0                                | --limit is 0; set it to 1 or more
            evaluate --limit=-1                               | --limit is -1
            evaluate --part=half                              | --part
            evaluate --model-name=a/b                         | can't be the name of a folder
            evaluate --model=                                 | --model
            evaluate --compare=                               | --compare
            evaluate --report=                                | --report
            demo --rate=fast                                  | --rate is 'fast'
            demo --rate=0                                     | --rate is '0'
            demo --rate=-1                                    | --rate is '-1'
            demo --rate=NaN                                   | --rate is 'NaN'
            demo --rate=5d                                    | --rate is '5d'
            demo --rate=0x1p3                                 | --rate is '0x1p3'
            demo --rate=                                      | --rate is ''
            demo --label-delay=2                              | --label-delay is '2'
            demo --label-delay=-2s                            | --label-delay is '-2s'
            demo --label-delay=999999999d                     | --label-delay is '999999999d'
            demo --seed=1.0                                   | --seed
            demo --images=0                                   | --images is 0
            demo --images=3000000000                          | --images is 3000000000
            demo --models=                                    | --models
            demo --summary=                                   | --summary
            demo --dashboard=99999                            | --dashboard is 99999; use a port from 0 to 65535
            demo --dashboard=-1                               | --dashboard is -1
            demo --dashboard=http                             | --dashboard
            demo --dashboard=8080 --no-dashboard              | contradict
            demo --metrics=x                                  | 'x' is not an address
            demo --metrics=70000                              | '70000' is not an address
            demo --metrics=                                   | '' is not an address
            demo --property=x                                 | KEY=VALUE
            demo --property==3                                | which is no name
            demo --property=batch.max.size<SPACE>=3           | which is no name
            demo --property=batch.max.size=0                  | batch.max.size is '0'
            demo --property=batch.max.sise=3                  | batch.max.sise is not a setting
            local --port=70000                                | --port is 70000
            local --port=-1                                   | --port is -1
            local --registry-port=65536                       | --registry-port is 65536
            local --port=9092 --registry-port=9092            | give each server its own port
            local --port=kafka                                | --port
            local --directory=                                | --directory
            models promote v1 <SERVERS> --reason=<LONG>       | --reason is '
            models rollback <SERVERS> --reason=a<LF>b         | use one line of at most 250 characters
            models retire v1 <SERVERS> --reason=<LONG>        | --reason is '
            models publish . <SERVERS> --reason=<LONG>        | --reason is '
            models promote <SERVERS>                          | VERSION
            serve <SERVERS> --property=models.allowed.uris=ftp://h/ | models.allowed.uris contains 'ftp://h/'
            serve <SERVERS> --property=models.max.bytes=0     | models.max.bytes is '0'
            serve <SERVERS> --only=both                       | --only is 'both'
            serve <SERVERS> --only=                           | --only is ''
            serve <SERVERS> --metrics=x                       | 'x' is not an address
            serve <SERVERS> --metrics=70000                   | '70000' is not an address
            serve <SERVERS> --metrics=http://localhost:80     | is not an address
            serve <SERVERS> --dashboard=:80                   | ':80' is not an address
            serve <SERVERS> --dashboard=+80                   | '+80' is not an address
            serve <SERVERS> --model-name=a/b                  | can't be the name of a folder
            serve <SERVERS> --property=score.bootstrap.servers=h:1 | remove the setting
            serve <SERVERS> --property=main.consumer.bootstrap.servers=h:1 | remove the setting
            serve --bootstrap-server=host --schema-registry=http://h      | 'host' is not the address of a broker
            serve --bootstrap-server= --schema-registry=http://h          | '' is not the address of a broker
            serve --bootstrap-server=h:9092, --schema-registry=http://h   | '' is not the address of a broker
            serve --bootstrap-server=h:0 --schema-registry=http://h       | use HOST:PORT
            serve --bootstrap-server=h:99999 --schema-registry=http://h   | use HOST:PORT
            serve --bootstrap-server=h:x --schema-registry=http://h       | use HOST:PORT
            serve --bootstrap-server=http://h:9092 --schema-registry=http://h | use HOST:PORT
            topics<SPACE>create --bootstrap-server=host       | use HOST:PORT
            topics<SPACE>describe --bootstrap-server=a:1,b    | 'b' is not the address of a broker
            topics<SPACE>create --bootstrap-server=127.0.0.1:1 --property=security.protocol=h | security.protocol
            tail labels --bootstrap-server=h:1 --schema-registry=foo                 | 'foo' is not a URL
            tail labels --bootstrap-server=h:1 --schema-registry=                    | '' is not a URL
            tail labels --bootstrap-server=h:1 --schema-registry=localhost:8081      | is not a URL
            tail labels --bootstrap-server=h:1 --schema-registry=ftp://h             | is not a URL
            tail labels --bootstrap-server=h:1 --schema-registry=http://             | is not a URL
            tail labels --bootstrap-server=h:1 --schema-registry=http://h:99999      | is not a URL
            tail labels --bootstrap-server=h:1 --schema-registry=http://h<SPACE>x    | is not a URL
            tail labels --bootstrap-server=h:1 --schema-registry=http://a,b          | is not a URL
            tail labels --bootstrap-server=h:1 --schema-registry=http://a:1@h,http://b:2@h | different users
            tail pictures <SERVERS>                           | 'pictures' can't be printed
            tail labels <SERVERS> --max-messages=0            | --max-messages is 0
            tail labels <SERVERS> --timeout-ms=-5             | --timeout-ms is -5
            tail labels <SERVERS> --timeout-ms=5s             | --timeout-ms
            produce pictures <SERVERS>                        | 'pictures' can't be produced
            produce both <SERVERS> --limit=0                  | --limit is 0
            produce both <SERVERS> --limit=-1                 | --limit is -1
            produce both <SERVERS> --rate=fast                | --rate is 'fast'
            produce both <SERVERS> --id-prefix=<LONG>         | at most 100 characters
            produce both <SERVERS> --id-prefix=a<LF>b         | no control characters
            status <SERVERS> --watch=soon                     | --watch is 'soon'
            status <SERVERS> --watch=-1s                      | --watch is '-1s'
            status <SERVERS> --property=verdict.drift.max=x   | verdict.drift.max is 'x'
            status <SERVERS> --property=verdict.drift=1       | verdict.drift is not a setting
            dashboard <SERVERS> --port=99999                  | --port is 99999
            dashboard <SERVERS> --host=a<SPACE>b              | --host is 'a b'
            dashboard <SERVERS> --host=http://h               | --host is 'http://h'
            dashboard <SERVERS> --host=                       | --host is ''
            dashboard <SERVERS> --allowed-host=               | --allowed-host is ''
            dashboard <SERVERS> --allowed-host=h:8080         | --allowed-host is 'h:8080'
            dashboard <SERVERS> --allowed-host=http://h       | without a scheme, port or wildcard
            dashboard <SERVERS> --allowed-host=*              | --allowed-host is '*'
            dashboard <SERVERS> --base-path=                  | --base-path is ''
            dashboard <SERVERS> --base-path=digits            | --base-path is 'digits'
            dashboard <SERVERS> --base-path=/a/../b           | --base-path is '/a/../b'
            dashboard <SERVERS> --base-path=/a//b             | --base-path is '/a//b'
            dashboard <SERVERS> --base-path=/a?b              | --base-path is '/a?b'
            dashboard <SERVERS> --auth-file=                  | '' is empty; name a file
            dashboard <SERVERS> --auth-all                    | add --auth-file FILE
            serve <SERVERS> --read-only                       | are for the dashboard; add --dashboard
            serve <SERVERS> --allowed-host=h                  | are for the dashboard; add --dashboard
            dashboard <SERVERS> --history=6                   | --history is '6'
            dashboard <SERVERS> --history=999999999d          | --history is '999999999d'
            bench --images=0                                  | --images is 0; use a number from 1 to
            bench --images=1000000000                         | --images is 1000000000
            bench --images=many                               | --images
            bench --rounds=0                                  | --rounds is 0; use a number from 1 to
            bench --rounds=x                                  | 'x' is not a whole number
            bench --seed=99999999999999999999                 | is out of range
            bench --rows=loop,fast                            | 'fast', which is no row; use pass-default,
            bench --growth --rows=state,fast                  | 'fast', which is no row; use partitions,
            bench --growth --rounds=2                         | --rounds does not go with --growth
            bench --rows=                                     | '', which is no row
            bench --output=                                   | --output
            bench --bootstrap-server=h:1                      | set both or neither
            bench --schema-registry=http://h                  | set both or neither
            model<SPACE>describe                              | DIR
            topics                                            | subcommand
            fly                                               | fly
            demo --no-such-flag                               | Unknown option
            topics<SPACE>create                               | --bootstrap-server
            """;

    static Stream<Arguments> wrongValues() {
        return WRONG_VALUES.lines().map(line -> line.split(" *\\| ", 2)).map(row -> Arguments.of(row[0], row[1]));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void refusesAWrongValueInOneLineWithStatus2(String commandLine, String message) {
        StringWriter err = new StringWriter();
        int status = Main.execute(new PrintWriter(err), words(commandLine));

        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).startsWith("digitstream: ").contains(message).hasSizeLessThan(700);
        assertThat(status).as(err.toString()).isEqualTo(2);
    }

    /** Splits a row of the table: at spaces, except for a subcommand's name and the spaces that are a part of a value. */
    private static List<String> words(String commandLine) {
        return Stream.of(commandLine.replace("<SERVERS>", SERVERS).split(" +"))
                .flatMap(word -> word.startsWith("-") || !word.contains("<SPACE>")
                        ? Stream.of(word)
                        : Arrays.stream(word.split("<SPACE>")))
                .map(word -> word.replace("<SPACE>", " ")
                        .replace("<TAB>", "\t")
                        .replace("<LF>", "\n")
                        .replace("<LONG>", LONG))
                .toList();
    }

    @Test
    void theTableHasEveryFlagThatTakesAValue() {
        Set<String> flags = new TreeSet<>();
        collect(new CommandLine(Main.commandLine().getCommandSpec()), flags);
        // A file that can't be read exits with 1, as other faults of the machine do.
        flags.remove("--command-config");
        assertThat(flags).isNotEmpty().allSatisfy(flag -> assertThat(WRONG_VALUES)
                .contains(flag + "="));
    }

    private static void collect(CommandLine line, Set<String> flags) {
        for (OptionSpec option : line.getCommandSpec().options()) {
            if (option.arity().max() > 0) {
                flags.add(option.longestName());
            }
        }
        line.getSubcommands().values().forEach(command -> collect(command, flags));
    }

    static Stream<List<String>> unwritable() {
        return Stream.of("<file>", "<file>/below", "/proc/digitstream")
                .flatMap(path -> Stream.of(
                        List.of("--models", path, "train"),
                        List.of("--models", path, "train", "--resume"),
                        List.of("--models", path, "demo"),
                        List.of("--models", path, "bench"),
                        List.of("--output", path, "bench"),
                        List.of("--report", path, "evaluate", "--model", "nowhere"),
                        List.of("--directory", path, "local"),
                        List.of("--summary", path + "/x.json", "demo"),
                        List.of("--command-config", path, "topics", "create", "--bootstrap-server", "h:1"),
                        List.of("state.dir", path, "serve", "--bootstrap-server", "h:1")))
                .filter(row -> !row.get(1).equals("<file>") || !row.get(0).equals("--command-config"));
    }

    @ParameterizedTest
    @MethodSource("unwritable")
    void triesTheFoldersBeforeTheWork(List<String> row) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        String path = row.get(1).replace("<file>", file.toString());
        List<String> arguments = new ArrayList<>(row.subList(2, row.size()));
        if (row.get(0).equals("state.dir")) {
            arguments.addAll(List.of("--schema-registry", "http://h", "--property", "state.dir=" + path));
        } else {
            arguments.addAll(List.of(row.get(0), path));
        }
        StringWriter err = new StringWriter();
        int status = Main.execute(new PrintWriter(err), arguments);

        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).startsWith("digitstream: " + row.get(0)).contains(path, "; name a");
        assertThat(status).isEqualTo(1);
        assertThat(folder).isDirectoryNotContaining(left -> !left.equals(file));
    }

    @Test
    void looksAtTheModelBeforeTheBrokersAreAsked() throws IOException {
        Files.writeString(folder.resolve("model.json"), "{}");
        assertThat(refusal("serve " + SERVERS + " --model " + folder))
                .startsWith("digitstream: " + folder.resolve("model.json") + " is not a valid model card: ");
        assertThat(refusal("serve " + SERVERS + " --models " + folder)).contains("there is no model lenet in");
    }

    @Test
    void refusesABatchOfMoreImagesThanThereAre() throws IOException {
        for (String part : List.of("train", "test")) {
            for (int i = 0; i < 3; i++) {
                Files.createDirectories(folder.resolve("digits/" + part + "/" + i));
                BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
                image.setRGB(10 + i, 10, 0xffffff);
                ImageIO.write(
                        image,
                        "png",
                        folder.resolve("digits/" + part + "/" + i + "/a.png").toFile());
            }
        }
        String train = "train --data " + folder.resolve("digits") + " --models " + folder.resolve("models");
        assertThat(refusal(train + " --batch-size 2147483647"))
                .startsWith("digitstream: --batch-size is 2147483647, but digits has 3 training images; use 3 or less");
        assertThat(refusal(train + " --batch-size 4")).contains("use 3 or less");
    }

    /** Returns the line about a fault that is none of the values' form. */
    private static String refusal(String commandLine) {
        StringWriter err = new StringWriter();
        assertThat(Main.execute(new PrintWriter(err), words(commandLine))).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1);
        return err.toString();
    }

    @Test
    void refusesAFolderThatExistsAndTakesNoFiles() {
        assertThatThrownBy(() -> Writable.requireFolder("--report", Path.of("/proc")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--report is /proc, where nothing can be written");
    }

    @Test
    void leavesNoTraceOfTryingAFolder() throws IOException {
        Path deep = folder.resolve("a/b/c");
        Writable.requireFolder("--models", deep);
        assertThat(folder).isEmptyDirectory();
        Files.createDirectories(deep);
        Writable.requireFolder("--models", deep);
        assertThat(deep).isEmptyDirectory();
        Path summary = deep.resolve("s.json");
        Writable.requireFile("--summary", summary);
        assertThat(summary).doesNotExist();
        Files.writeString(summary, "before");
        Writable.requireFile("--summary", summary);
        assertThat(summary).hasContent("before");
    }

    @Test
    void readsACommandConfigWithAByteOrderMarkAndRefusesOneThatIsNotUtf8() throws IOException {
        Path marked = Files.writeString(folder.resolve("marked.properties"), "\uFEFFbatch.max.size=0\n");
        Path latin = Files.write(folder.resolve("latin.properties"), new byte[] {'a', '=', (byte) 0xE4});
        assertThat(errorOf(marked)).contains("batch.max.size is '0'");
        assertThat(errorOf(latin)).contains("can't be read (it is not UTF-8)");
        assertThat(errorOf(folder.resolve("none"))).contains("can't be read (it does not exist)");
        assertThat(errorOf(folder)).contains("can't be read");
    }

    private static String errorOf(Path commandConfig) {
        StringWriter err = new StringWriter();
        Main.execute(
                new PrintWriter(err),
                List.of("topics", "create", "--bootstrap-server", "h:1", "--command-config", commandConfig.toString()));
        assertThat(err.toString().lines()).hasSize(1);
        return err.toString();
    }
}
