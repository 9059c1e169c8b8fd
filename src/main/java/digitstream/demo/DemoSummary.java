package digitstream.demo;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import digitstream.common.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The results of a demo, counted from the committed records in the topics.
 *
 * @param produced images acknowledged by the broker
 * @param predicted distinct images with a prediction
 * @param duplicates further predictions of the same images, and predictions that can't be decoded
 * @param missing images with neither a prediction nor a dead letter
 * @param scored images with a prediction and a label, according to the published accuracy
 * @param others predictions of images from other producers, such as digits drawn on the dashboard
 * @param accuracy of the scored images, 0 to 1; null if no image was scored
 * @param imagesPerSecond predictions per second, from the first image produced to the last prediction read
 * @param latencyP50Ms from an image's event time until its committed prediction is read
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
    /** Returns whether every image was predicted exactly once. */
    @JsonIgnore
    public boolean isExact() {
        return missing == 0 && duplicates == 0;
    }

    public String toJson() {
        try {
            return Json.INDENTED.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a summary can always be written as JSON", e);
        }
    }

    /** Returns the summary as a few lines for the user. */
    public String toText() {
        String more = others == 0
                ? ""
                : String.format(
                        Locale.ROOT, "%,d predictions of images from other producers, such as drawn digits%n", others);
        return more
                + String.format(
                        Locale.ROOT,
                        """
                %,d images produced, %,d predicted: %,d missing, %,d duplicated, %,d dead letters
                %,d scored against their labels: accuracy %s (model %s)
                %,.0f images/s; end-to-end latency %,d ms (p50), %,d ms (p99); %.1f s in total
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
