package digitstream.score;

import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.PairChanges;
import digitstream.challenge.PairCounts;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the counts of pairs have changed since the last commit. */
final class PendingPairs implements PairChanges {
    private final Map<VersionPair, PairCounts> changes = new HashMap<>();

    /** What was changed last: most images are of the same pair. */
    private @Nullable VersionPair last;

    private PairCounts lastChanges = new PairCounts();

    @Override
    public void pair(
            int more,
            ModelVersion champion,
            ModelVersion challenger,
            int actual,
            boolean championRight,
            boolean challengerRight) {
        VersionPair known = last;
        if (known == null
                || !known.champion().equals(champion)
                || !known.challenger().equals(challenger)) {
            last = new VersionPair(champion, challenger);
            lastChanges = changes.computeIfAbsent(last, ignored -> new PairCounts());
        }
        lastChanges.add(more, actual, championRight, challengerRight);
    }

    /** The changes by pair, also those that cancel each other out. */
    Map<VersionPair, PairCounts> changes() {
        return changes;
    }

    void clear() {
        changes.clear();
        last = null;
    }
}
