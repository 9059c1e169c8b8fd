package digitstream.benchmark.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthPlanTest {
    private static GrowthPlan full(String... series) {
        return GrowthPlan.full(List.of(series), 600_000);
    }

    @Test
    void smallBatchesHaveFewerImages() {
        assertThat(full().imagesOf(4)).isEqualTo(60_000);
        assertThat(full().imagesOf(16)).isEqualTo(600_000);
        assertThat(GrowthPlan.quick(List.of(), 5).imagesOf(1)).isEqualTo(1);
    }

    @Test
    void addsUpTheRoomOfTheSeries() {
        assertThat(full().bytesNeeded()).isZero();
        assertThat(full(GrowthPlan.RECORDS).bytesNeeded()).isEqualTo(12_000_000_000L);
        // 21.3 million predictions and labels.
        assertThat(full(GrowthPlan.STATE).bytesNeeded()).isEqualTo(12_780_000_000L);
        assertThat(full(GrowthPlan.PARTITIONS).bytesNeeded()).isEqualTo(6 * (600_000 + 240_000) * 1_200L);
        assertThat(full(GrowthPlan.SERIES.toArray(String[]::new)).bytesNeeded())
                .isEqualTo(GrowthPlan.SERIES.stream()
                        .mapToLong(series -> full(series).bytesNeeded())
                        .sum());
    }

    /** A poll of a watch counts 2,000 images. Two marks in the same poll would have no throughput between them. */
    @Test
    void theMarksOfAQuickRunAreFurtherApartThanAPoll() {
        List<Integer> marks = GrowthPlan.quick(GrowthPlan.SERIES, 4_000).marks();
        assertThat(marks).hasSizeGreaterThan(2);
        for (int i = 1; i < marks.size(); i++) {
            assertThat(marks.get(i) - marks.get(i - 1)).isGreaterThan(2_000);
        }
    }
}
