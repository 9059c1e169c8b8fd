package digitstream.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.Accuracy;
import digitstream.common.LiveLines;
import digitstream.testing.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoViewTest {
    private static final int ROWS = 24;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, UTF_8);
    private LiveLines.Size size = new LiveLines.Size(80, ROWS);

    @ParameterizedTest
    @ValueSource(ints = {200, 81, 80, 79, 60, 59, 40, 20, 10, 2, 1})
    void showsEachLineOnceAtAnyWidth(int columns) {
        size = new LiveLines.Size(columns, ROWS);
        Screen screen = new Screen(columns, ROWS);
        DemoView view = new DemoView(out, Optional.of(new LiveLines(out, () -> size)));
        draw(view, 1);
        screen.print(output());
        List<String> first = screen.text();
        for (int i = 0; i < 20; i++) {
            draw(view, 1);
            screen.print(output());
        }
        assertThat(screen.text()).isEqualTo(first).hasSizeLessThan(ROWS);
        assertThat(first).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(Math.max(1, columns - 1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 40, 20})
    void showsEveryFigureAtUsualWidths(int columns) {
        size = new LiveLines.Size(columns, ROWS);
        Screen screen = new Screen(columns, ROWS);
        draw(new DemoView(out, Optional.of(new LiveLines(out, () -> size))), 12_345_678);
        screen.print(output());
        assertThat(String.join("\n", screen.text()))
                .contains("in ", "out ", "12,345,678 prod", "1m 99.10", "5m 99.20", "1h 99.30", "all 99.40")
                .contains("p50 ", "p99 ", "images", "lag ", "dead letters");
    }

    @Test
    void followsAResize() {
        Screen screen = new Screen(120, ROWS);
        out.println("Dashboard: http://127.0.0.1:8080/");
        DemoView view = new DemoView(out, Optional.of(new LiveLines(out, () -> size)));
        for (int columns : new int[] {120, 80, 40, 20, 33, 120, 61}) {
            size = new LiveLines.Size(columns, ROWS);
            screen.resize(columns);
            draw(view, 5);
            draw(view, 6);
            screen.print(output());
            assertThat(screen.text())
                    .filteredOn(line -> line.strip().startsWith("accuracy"))
                    .as("at %s columns: %s", columns, screen.text())
                    .hasSize(1);
            assertThat(String.join("", screen.text())).contains("Dashboard: http://127.0.0.1:8080/");
        }
    }

    @Test
    void drawsNoMoreLinesThanTheTerminalHas() {
        size = new LiveLines.Size(20, 5);
        Screen screen = new Screen(20, 5);
        DemoView view = new DemoView(out, Optional.of(new LiveLines(out, () -> size)));
        for (int i = 0; i < 10; i++) {
            draw(view, i);
        }
        screen.print(output());
        assertThat(screen.text()).hasSize(4).first().asString().contains("images");
    }

    @Test
    void printsPlainLinesElsewhere() {
        DemoView view = new DemoView(out, Optional.empty());
        draw(view, 1);
        draw(view, 2);
        assertThat(output().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).matches("\\p{Print}+").contains("accuracy 99.40 %"));
    }

    private static void draw(DemoView view, long produced) {
        Map<String, Accuracy> windows = new LinkedHashMap<>();
        windows.put("1m", window("1m", 60, 0.991));
        windows.put("5m", window("5m", 300, 0.992));
        windows.put("1h", window("1h", 3600, 0.993));
        windows.put("all", window("all", 0, 0.994));
        view.draw(
                produced,
                500,
                499,
                1_234,
                new Tally.Snapshot(produced, 0, 0, 0, 0, 20, 80, 21, 81, 17.5, 0, windows),
                12);
    }

    private static Accuracy window(String name, long seconds, double accuracy) {
        Accuracy window = new Accuracy();
        window.setWindow(name);
        window.setWindowStart(seconds == 0 ? null : Instant.EPOCH);
        window.setWindowEnd(Instant.ofEpochSecond(seconds));
        window.setAccuracy(accuracy);
        window.setAccuracyLow(accuracy - 0.001);
        window.setAccuracyHigh(accuracy + 0.001);
        return window;
    }

    private String output() {
        String text = printed.toString(UTF_8);
        printed.reset();
        return text;
    }
}
