package digitstream.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long images waited in their batch, from the metric {@code digits_queue_wait_seconds} of a serving process.
 *
 * @param count of images
 * @param seconds that they waited together
 * @param atMost the number of images that waited at most this many seconds
 */
record QueueWait(double count, double seconds, TreeMap<Double, Double> atMost) {
    private static final Pattern SAMPLE = Pattern.compile(
            "digits_queue_wait_seconds_(bucket|count|sum)(?:\\{(?:.*le=\"([^\"]+)\".*)?})? ([0-9.eE+-]+)");
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
        TreeMap<Double, Double> atMost = new TreeMap<>();
        for (String line : metrics.lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                continue;
            }
            double value = Double.parseDouble(sample.group(3));
            switch (sample.group(1)) {
                case "count" -> count += value;
                case "sum" -> seconds += value;
                default ->
                    atMost.merge(
                            sample.group(2).equals("+Inf")
                                    ? Double.POSITIVE_INFINITY
                                    : Double.parseDouble(sample.group(2)),
                            value,
                            Double::sum);
            }
        }
        return new QueueWait(count, seconds, atMost);
    }

    /** Returns the images since an earlier answer. */
    QueueWait since(QueueWait earlier) {
        TreeMap<Double, Double> added = new TreeMap<>(atMost);
        earlier.atMost.forEach((bound, images) -> added.merge(bound, -images, Double::sum));
        return new QueueWait(count - earlier.count, seconds - earlier.seconds, added);
    }

    /** Returns the mean wait in milliseconds. */
    double meanMillis() {
        return count == 0 ? 0 : 1e3 * seconds / count;
    }

    /** Returns a time in milliseconds that this share of the images did not wait longer than: a bound of the metric's buckets. */
    double boundMillis(double share) {
        return atMost.entrySet().stream()
                .filter(bucket -> bucket.getValue() >= share * count)
                .mapToDouble(bucket -> 1e3 * bucket.getKey())
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
