package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The project's Dockerfile.
 *
 * @param instructions with continuation lines joined, without comments
 */
record Dockerfile(List<String> instructions) {
    /** The folder in the image that the processes may write to. */
    static final String VOLUME = "/var/lib/digitstream";

    /** The folder in the image with the distribution. */
    static final String HOME = "/opt/digitstream";

    /**
     * An instruction that copies one file or folder.
     *
     * @param options such as {@code from} and {@code chmod}
     */
    record Copy(Map<String, String> options, String source, String target) {
        /** Where a build of this machine has what is copied from the image's build stage. */
        Path built(Path home) {
            return home.resolve(Path.of(source).getFileName());
        }
    }

    static Dockerfile read() throws IOException {
        return new Dockerfile(Files.readString(Path.of("Dockerfile"))
                .replaceAll("\\\\\\s*\n\\s*", "")
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList());
    }

    /** The stage that builds the application. */
    Dockerfile buildStage() {
        return new Dockerfile(instructions.subList(0, lastFrom()));
    }

    /** The stage that the image consists of. */
    Dockerfile imageStage() {
        return new Dockerfile(instructions.subList(lastFrom(), instructions.size()));
    }

    private int lastFrom() {
        List<String> names =
                instructions.stream().map(line -> line.split(" ", 2)[0]).toList();
        return names.lastIndexOf("FROM");
    }

    /** The arguments of the instructions with this name, in order. */
    List<String> all(String name) {
        return instructions.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .toList();
    }

    /** The argument of the last instruction with this name. */
    String last(String name) {
        List<String> all = all(name);
        return all.get(all.size() - 1);
    }

    List<Copy> copies() {
        List<Copy> copies = new ArrayList<>();
        for (String arguments : all("COPY")) {
            Map<String, String> options = new TreeMap<>();
            List<String> paths = new ArrayList<>();
            for (String word : arguments.split(" ", -1)) {
                if (word.startsWith("--")) {
                    String[] option = word.substring(2).split("=", 2);
                    options.put(option[0], option[1]);
                } else {
                    paths.add(word);
                }
            }
            assertThat(paths).as(arguments).hasSize(2);
            copies.add(new Copy(options, paths.get(0), paths.get(1)));
        }
        return copies;
    }

    /** The environment of the image. */
    Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        for (String pair : last("ENV").split("\\s+", -1)) {
            String[] parts = pair.split("=", 2);
            environment.put(parts[0], parts[1]);
        }
        return environment;
    }
}
