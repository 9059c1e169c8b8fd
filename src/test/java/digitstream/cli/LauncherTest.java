package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import digitstream.testing.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When and how scripts/digitstream builds the program, with shell scripts in the place of Java and Maven. */
class LauncherTest {
    private static final String MAVEN =
            """
            #!/bin/sh
            [ "$1" != -version ] || { echo 'Apache Maven 3.9.9'; exit; }
            echo "$* opts:$MAVEN_OPTS" >>mvn.log
            mkdir -p target/digitstream
            """;

    private static final String JAVA =
            """
            #!/bin/sh
            case "$*" in
              *-version) echo "    user.home = $PASSWD_HOME" >&2; echo 'openjdk version "17.0.1"' >&2 ;;
              *) echo "started $*" ;;
            esac
            """;

    @TempDir
    private Path root;

    @BeforeEach
    void copyLauncher() throws IOException {
        assumeTrue(Programs.find("bash").isPresent(), "bash is not installed");
        Files.createDirectories(root.resolve("src/main"));
        Files.createDirectories(root.resolve("avro"));
        Files.writeString(root.resolve("pom.xml"), "");
        program("jdk/bin/java", JAVA);
        program("jdk/bin/javac", "");
        program("bin/mvn", MAVEN);
        program("scripts/digitstream", Files.readString(Path.of("scripts/digitstream")));
    }

    @Test
    void buildsAgainForOtherMavenOptions() throws Exception {
        assertThat(run(Map.of())).contains("Building digitstream for the first time", "started ", " topics");
        assertThat(run(Map.of())).doesNotContain("uilding");
        assertThat(builds()).hasSize(1).last().asString().startsWith("-B -DskipTests package");

        assertThat(run(Map.of("DIGITSTREAM_BUILD", "-Pcuda -o"))).contains("DIGITSTREAM_BUILD has changed");
        assertThat(run(Map.of("DIGITSTREAM_BUILD", "-Pcuda -o"))).doesNotContain("uilding");
        assertThat(run(Map.of())).as("without the variable any build will do").doesNotContain("uilding");
        assertThat(builds()).hasSize(2).last().asString().startsWith("-B -Pcuda -o -DskipTests package");

        Files.writeString(root.resolve("src/main/New.java"), "");
        assertThat(run(Map.of())).contains("The sources have changed");
        assertThat(builds()).hasSize(3).last().asString().startsWith("-B -Pcuda -o -DskipTests package");

        assertThat(run(Map.of("DIGITSTREAM_BUILD", ""))).contains("DIGITSTREAM_BUILD has changed");
        assertThat(builds()).hasSize(4).last().asString().startsWith("-B -DskipTests package");
    }

    @Test
    void givesMavenAHomeFolderIfThePasswordFileHasNone() throws Exception {
        run(Map.of("PASSWD_HOME", "?", "HOME", ""));
        assertThat(builds()).last().asString().endsWith("-Duser.home=" + root.resolve("target/home"));
        Path home = Files.createDirectory(root.resolve("home"));
        run(Map.of("PASSWD_HOME", "?", "HOME", home.toString(), "DIGITSTREAM_BUILD", "-o"));
        assertThat(builds()).last().asString().endsWith("-Duser.home=" + home);
        run(Map.of("PASSWD_HOME", home.toString(), "HOME", "", "DIGITSTREAM_BUILD", "-q"));
        assertThat(builds()).last().asString().endsWith("opts:");
        assertThat(root.resolve("?")).doesNotExist();
    }

    @Test
    void refusesAnOldJavaAlsoIfTheProgramIsBuilt() throws Exception {
        run(Map.of());
        Files.writeString(root.resolve("jdk/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");
        assertThat(run(Map.of()).lines()).singleElement().asString().contains("is Java 11.0.2, which is too old");
        Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"21\"\n");
        assertThat(run(Map.of())).contains("started ");
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(root.resolve("mvn.log"));
    }

    private String run(Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(
                        List.of("bash", root.resolve("scripts/digitstream").toString(), "topics")))
                .redirectErrorStream(true);
        Map<String, String> all = builder.environment();
        all.remove("DIGITSTREAM_BUILD");
        all.remove("DIGITSTREAM_OPTS");
        all.remove("MAVEN_OPTS");
        all.put("PASSWD_HOME", root.toString());
        all.put("JAVA_HOME", root.resolve("jdk").toString());
        all.put("PATH", root.resolve("bin") + ":" + System.getenv("PATH"));
        all.putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        return output;
    }

    private void program(String name, String script) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
