package digitstream.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineChartTest {
    private static LineChart chart(LineChart.Figures... figures) {
        return LineChart.of(List.of("1", "2", "4"), List.of(figures), value -> "v" + Math.round(value));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "91000, 100000", "3.2, 4", "0.05, 0.06", "600, 600"})
    void theScaleEndsAtARoundFigure(double largest, double end) {
        assertThat(LineChart.end(largest)).isEqualTo(end);
    }

    @Test
    void aLargerFigureIsHigherAndTheScaleBeginsAtZero() {
        LineChart chart =
                chart(new LineChart.Figures("up", List.of(Optional.of(0.0), Optional.of(50.0), Optional.of(100.0))));
        LineChart.Line line = chart.lines().get(0);
        assertThat(line.dots()).extracting(LineChart.Dot::text).containsExactly("v0", "v50", "v100");
        assertThat(line.dots()).extracting(LineChart.Dot::x).isSorted();
        assertThat(chart.marks().get(0).text()).isEqualTo("v0");
        assertThat(line.dots().get(0).y()).isEqualTo(chart.marks().get(0).y());
        assertThat(line.dots().get(1).y()).isEqualTo(chart.marks().get(2).y());
        assertThat(line.dots().get(2).y()).isEqualTo(chart.marks().get(4).y());
    }

    @Test
    void leavesOutWhatWasNotMeasured() {
        LineChart chart = chart(
                new LineChart.Figures("gap", List.of(Optional.of(1.0), Optional.empty(), Optional.of(1.0))),
                new LineChart.Figures("none", List.of(Optional.empty(), Optional.empty(), Optional.empty())));
        assertThat(chart.lines().get(0).dots()).hasSize(2);
        assertThat(chart.lines().get(1).points()).isEmpty();
        assertThat(chart.lines().get(0).nameY())
                .isNotEqualTo(chart.lines().get(1).nameY());
    }
}
