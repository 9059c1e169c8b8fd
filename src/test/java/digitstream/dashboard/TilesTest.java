package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TilesTest {
    @Test
    void everyRuleOfTheVerdictConcernsATile() throws IOException {
        String reference = Files.readString(Path.of("docs/reference.md"));
        String rules = reference.substring(reference.indexOf("### Rules\n"));
        List<String> names = Pattern.compile("(?m)^\\| (`[^|]+`) \\|")
                .matcher(rules.substring(0, rules.indexOf("\n### ", 1)))
                .results()
                .map(row -> row.group(1))
                .flatMap(cell -> Pattern.compile("`([a-z-]+)`").matcher(cell).results())
                .map(name -> name.group(1))
                .toList();
        assertThat(names).contains("brokers-away", "scoring-behind", "latency-high");
        assertThat(concerned()).containsAll(names);
    }

    private static List<String> concerned() throws IOException {
        try (InputStream script = TilesTest.class.getResourceAsStream("/digitstream/dashboard/tiles.js")) {
            String text = new String(script.readAllBytes(), UTF_8);
            return Pattern.compile("(?m)^ {2}'([a-z-]+)': \\['")
                    .matcher(text)
                    .results()
                    .map((MatchResult line) -> line.group(1))
                    .toList();
        }
    }
}
