package digitstream.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.docs.Markdown;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class RowsTest {
    @Test
    void theManualListsEveryRow() {
        assertThat(Markdown.read("docs/benchmark.md").names("Rows")).isEqualTo(new HashSet<>(Rows.ids()));
    }

    @Test
    void theTitlesLeaveRoomForTheFigures() {
        assertThat(Rows.all()).allSatisfy(row -> assertThat(row.title()).hasSizeLessThanOrEqualTo(30));
    }
}
