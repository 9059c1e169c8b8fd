package digitstream.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long images waited in their batch, from the metric {@code digits_queue_wait_seconds} of a serving process.
 *
 * @param count of images
 * @param seconds that they waited together
 */
record QueueWait(double count, double seconds) {
    private static final Pattern SAMPLE =
            Pattern.compile("digits_queue_wait_seconds_(count|sum)(?:\\{.*})? ([0-9.eE+-]+)");
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /**
     * Asks a serving process.
     *
     * @return empty if it does not answer
     */
    static Optional<QueueWait> of(int port) throws InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
        try {
            return Optional.of(parse(HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString())
                    .body()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static QueueWait parse(String metrics) {
        double count = 0;
        double seconds = 0;
        for (String line : metrics.lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                double value = Double.parseDouble(sample.group(2));
                count += sample.group(1).equals("count") ? value : 0;
                seconds += sample.group(1).equals("sum") ? value : 0;
            }
        }
        return new QueueWait(count, seconds);
    }

    /** Returns the images since an earlier answer. */
    QueueWait since(QueueWait earlier) {
        return new QueueWait(count - earlier.count, seconds - earlier.seconds);
    }

    /** Returns the mean wait in milliseconds. */
    double meanMillis() {
        return count == 0 ? 0 : 1e3 * seconds / count;
    }
}
