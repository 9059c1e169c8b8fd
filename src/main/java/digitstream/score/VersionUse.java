package digitstream.score;

import digitstream.accuracy.ModelVersion;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How recently and how much a model version is used. Predictions come from other programs too, and may name any number of
 * versions; the metrics show only the newest ones by name, and the stores keep a bounded number.
 *
 * @param images images that it has predicted
 */
record VersionUse(ModelVersion model, long lastUsedMillis, long images) {
    /** How many versions have time series of their own. Each has up to 100 for its confusion matrix and 7 for each window. */
    static final int MAX_SHOWN = 16;

    /** How many versions are counted. Each takes 1.5 kB for each partition, and more while it is in use. */
    static final int MAX_KEPT = 1_000;

    /** Stands for all versions that are not shown. */
    static final ModelVersion OTHER = new ModelVersion("other", "other");

    /** Uses in the same ten minutes count as equally recent. Otherwise the choice would change every second. */
    private static final long SAME_TIME_MILLIS = Duration.ofMinutes(10).toMillis();

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private static final Comparator<VersionUse> NEWEST_FIRST = Comparator.comparingLong(
                    (VersionUse use) -> Math.floorDiv(use.lastUsedMillis, SAME_TIME_MILLIS))
            .thenComparingLong(VersionUse::images)
            .thenComparing(use -> sortKey(use.model.version()))
            .thenComparing(use -> use.model.name())
            .reversed();

    /** The newest versions: those used most recently, of these the ones with the most images, of these the highest. */
    static Set<ModelVersion> newest(Collection<VersionUse> all, int max) {
        List<VersionUse> newest = all.size() <= max
                ? List.copyOf(all)
                : all.stream().sorted(NEWEST_FIRST).limit(max).toList();
        return newest.stream().map(VersionUse::model).collect(Collectors.toSet());
    }

    /** Pads the numbers in a version with zeros, so that version 10 comes after version 9. */
    private static String sortKey(String version) {
        return NUMBER.matcher(version)
                .replaceAll(number -> "0".repeat(Math.max(0, 20 - number.group().length())) + number.group());
    }
}
