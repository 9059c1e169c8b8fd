package digitstream.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LinksTest {
    @Test
    void eachLinkBetweenTheDocumentsResolves() throws IOException {
        Set<String> broken = new TreeSet<>();
        for (Path file : Markdown.files()) {
            for (String link : Markdown.read(file).links()) {
                if (!link.matches("[a-z]+:.*") && !resolves(file, link)) {
                    broken.add(file + ": " + link);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static boolean resolves(Path from, String link) {
        String[] parts = link.split("#", 2);
        Path folder = Optional.ofNullable(from.getParent()).orElse(Path.of(""));
        Path target = parts[0].isEmpty() ? from : folder.resolve(parts[0]).normalize();
        return Files.exists(target)
                && (parts.length == 1 || Markdown.read(target).anchors().contains(parts[1]));
    }
}
