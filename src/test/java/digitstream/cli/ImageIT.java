package digitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import digitstream.common.Json;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The container image without Docker: its files with their modes, its folders, variables, entry point and a user id that OpenShift
 * might choose, all from the Dockerfile.
 */
@ExtendWith(Environment.Extension.class)
class ImageIT {
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final String USER = "54321";

    @TempDir
    private Path folder;

    private final Dockerfile image = Dockerfile.read().imageStage();

    ImageIT() throws IOException {}

    /** The place on this machine of a path in the image. */
    private String here(String text) {
        return text.replace(Dockerfile.VOLUME, folder.resolve("var").toString())
                .replace(Dockerfile.HOME, folder.resolve("opt").toString());
    }

    /** Docker runs demo: the image has all that it needs, and an arbitrary user of group 0 may write where it must. */
    @Test
    void theDemoRunsFromTheImagesFilesAsAnArbitraryUserOfGroup0(Environment environment) throws Exception {
        assumeTrue(isRoot() && Programs.find("setpriv").isPresent(), "becoming another user needs root and setpriv");
        Files.setPosixFilePermissions(folder, READABLE);
        Path lib = layOut();
        assertThat(size(lib)).isLessThan(size(CommandLineProcess.home().resolve("lib")) * 3 / 4);
        execute(here(image.last("RUN")));
        Path models = Path.of(here(image.last("WORKDIR"))).resolve("models/lenet/test");
        Files.createDirectories(models);
        for (String file : List.of("model.pt", "model.json")) {
            Files.copy(environment.model().resolve(file), models.resolve(file));
        }
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));

        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=" + USER, "--regid=0", "--clear-groups"));
        for (String word : Json.COMPACT.readValue(image.last("ENTRYPOINT"), new TypeReference<List<String>>() {})) {
            command.add(
                    word.equals("java")
                            ? Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString()
                            : here(word));
            if (word.equals("java")) {
                command.add("-Djava.io.tmpdir=" + temporary);
            }
        }
        command.addAll(List.of("demo", "--images", "500", "--rate", "max", "--label-delay", "100ms", "--no-dashboard"));
        Map<String, String> variables = image.environment().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, variable -> here(variable.getValue())));
        CommandLineProcess demo = CommandLineProcess.start(Path.of(here(image.last("WORKDIR"))), command, variables);
        assertThat(demo.waitFor(Duration.ofMinutes(2)))
                .as(demo.out() + demo.err())
                .isZero();
        assertThat(demo.out()).contains("500 images produced, 500 predicted: 0 missing, 0 duplicated, 0 dead letters");
        assertThat(demo.err()).doesNotContain("no writable home folder");
        // PyTorch was unpacked to the cache, by that user.
        assertThat(Files.getAttribute(
                        Path.of(here(image.environment().get("DJL_CACHE_DIR"))).resolve("pytorch"), "unix:uid"))
                .isEqualTo(Integer.parseInt(USER));
    }

    /** Copies what the image has of the build, with the image's modes, and returns its folder of libraries. */
    private Path layOut() throws Exception {
        for (Dockerfile.Copy copy : image.copies()) {
            if (copy.options().containsKey("from")) {
                Path target = Path.of(here(copy.target()));
                Files.createDirectories(target.getParent());
                execute("cp -r '" + copy.built(CommandLineProcess.home()) + "' '" + target + "'");
            }
        }
        Path lib = Path.of(here(Dockerfile.HOME)).resolve("lib");
        KeepNativesTest.run(lib);
        for (Dockerfile.Copy copy : image.copies()) {
            if (copy.options().containsKey("from")) {
                execute("chmod -R " + copy.options().get("chmod") + " '" + here(copy.target()) + "'");
            }
        }
        return lib;
    }

    private static void execute(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    private static long size(Path lib) throws IOException {
        try (Stream<Path> files = Files.list(lib)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
