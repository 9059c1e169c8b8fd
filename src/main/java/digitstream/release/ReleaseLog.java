package digitstream.release;

import digitstream.avro.ModelRelease;
import digitstream.avro.ReleaseRole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the records of {@code digits.models} say, in the order of their offsets. Each version is what its latest record says. The
 * champion is the version that was made champion last, and still is. Not thread-safe.
 */
public final class ReleaseLog {
    /** Compaction keeps the latest record of each version; older ones are kept here up to this number. */
    private static final int MAX_HISTORY = 10_000;

    private final Map<String, Entry> latest = new LinkedHashMap<>();
    private final List<Entry> history = new ArrayList<>();

    /** A record of the topic. */
    public record Entry(long offset, ModelRelease release) {
        /** {@code <model name>/<model version>}. */
        public String key() {
            return ReleaseLog.key(release);
        }

        boolean is(ReleaseRole role) {
            return release.getRole() == role;
        }
    }

    /** Returns the key of a release's record: {@code <model name>/<model version>}. */
    public static String key(ModelRelease release) {
        return key(release.getModelName(), release.getModelVersion());
    }

    /** Returns the key of a version's records: {@code <model name>/<model version>}. */
    public static String key(String name, String version) {
        return name + "/" + version;
    }

    /**
     * Adds the next record.
     *
     * @param release null if the record has no value, which removes the version
     */
    public void add(String key, long offset, @Nullable ModelRelease release) {
        // Re-inserted, so that the order is that of the latest records.
        latest.remove(key);
        if (release == null) {
            return;
        }
        Entry entry = new Entry(offset, release);
        latest.put(key, entry);
        history.add(entry);
        if (history.size() > MAX_HISTORY) {
            history.remove(0);
        }
    }

    /** The release that classifies the stream; empty before the first. */
    public Optional<Entry> champion() {
        return last(ReleaseRole.CHAMPION);
    }

    private Optional<Entry> last(ReleaseRole role) {
        return latest.values().stream().filter(entry -> entry.is(role)).reduce((earlier, later) -> later);
    }

    /** The releases that classify in the shadow, in the order of their release. */
    public List<Entry> challengers() {
        return latest.values().stream()
                .filter(entry -> entry.is(ReleaseRole.CHALLENGER))
                .toList();
    }

    /** The latest release of a version. */
    public Optional<Entry> of(String key) {
        return Optional.ofNullable(latest.get(key));
    }

    /** The version that a rollback returns to: the last champion before this one that has not been retired. */
    public Optional<Entry> previous() {
        Optional<Entry> champion = champion();
        Optional<Entry> before = champion;
        // A chain that leads back to its beginning ends after as many steps as there are versions.
        for (int i = 0; i < latest.size() && before.isPresent(); i++) {
            String replaced = before.get().release().getReplaced();
            before = replaced == null ? Optional.empty() : of(replaced);
            if (before.isPresent()
                    && !before.get().is(ReleaseRole.RETIRED)
                    && !before.get().equals(champion.get())) {
                return before;
            }
        }
        return Optional.empty();
    }

    /** The latest release of each version, in the order of these releases. */
    public List<Entry> latest() {
        return List.copyOf(latest.values());
    }

    /** All releases that are still in the topic, oldest first. */
    public List<Entry> history() {
        return List.copyOf(history);
    }
}
