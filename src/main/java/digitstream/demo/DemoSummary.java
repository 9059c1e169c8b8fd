package digitstream.demo;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import digitstream.common.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a demo did, counted from the topics with committed records only.
 *
 * @param produced images that the broker acknowledged
 * @param predicted different ones with a prediction
 * @param duplicates further predictions of those, and predictions that can't be read
 * @param missing images with neither a prediction nor a dead letter
 * @param scored images with a prediction and a label, by the published figures
 * @param others predictions of images that others produced, such as digits drawn on the dashboard
 * @param accuracy of the scored, 0 to 1; null where there are none
 * @param imagesPerSecond predicted, from the first image produced to the last prediction read
 * @param latencyP50Ms from an image's event time to the reading of its committed prediction
 * @param seconds from the first image produced to the end of counting
 */
public record DemoSummary(
        long produced,
        long predicted,
        long duplicates,
        long missing,
        long scored,
        long deadLettered,
        long others,
        @Nullable Double accuracy,
        double imagesPerSecond,
        long latencyP50Ms,
        long latencyP99Ms,
        String modelVersion,
        double seconds) {
    /** Whether each image was predicted exactly once. */
    @JsonIgnore
    public boolean isExact() {
        return missing == 0 && duplicates == 0;
    }

    public String toJson() {
        try {
            return Json.INDENTED.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a summary is always JSON", e);
        }
    }

    /** For people, some lines. */
    public String toText() {
        String more = others == 0
                ? ""
                : String.format(Locale.ROOT, "%,d more predicted that were drawn or produced by others%n", others);
        return more
                + String.format(
                        Locale.ROOT,
                        """
                %,d images produced, %,d predicted: %,d missing, %,d duplicated, %,d dead letters
                %,d scored against their labels: accuracy %s (model %s)
                %,.0f images/s; end-to-end latency %,d ms (p50), %,d ms (p99); %.1f s in all
                """,
                        produced,
                        predicted,
                        missing,
                        duplicates,
                        deadLettered,
                        scored,
                        accuracy == null ? "unknown" : String.format(Locale.ROOT, "%.2f %%", 100 * accuracy),
                        modelVersion,
                        imagesPerSecond,
                        latencyP50Ms,
                        latencyP99Ms,
                        seconds);
    }
}
