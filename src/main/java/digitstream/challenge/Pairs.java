package digitstream.challenge;

/**
 * Labelled images that both versions have classified, by which of them was right. Additive. A change may have negative counts.
 *
 * @param onlyChampion images that only the champion classified correctly
 * @param onlyChallenger images that only the challenger classified correctly
 */
public record Pairs(long bothRight, long onlyChampion, long onlyChallenger, long bothWrong) {
    public static final Pairs NONE = new Pairs(0, 0, 0, 0);

    public Pairs plus(Pairs other) {
        return new Pairs(
                bothRight + other.bothRight,
                onlyChampion + other.onlyChampion,
                onlyChallenger + other.onlyChallenger,
                bothWrong + other.bothWrong);
    }

    public Pairs minus(Pairs other) {
        return new Pairs(
                bothRight - other.bothRight,
                onlyChampion - other.onlyChampion,
                onlyChallenger - other.onlyChallenger,
                bothWrong - other.bothWrong);
    }

    /** The same images with the roles exchanged. */
    public Pairs swapped() {
        return new Pairs(bothRight, onlyChallenger, onlyChampion, bothWrong);
    }

    public long labelled() {
        return concordant() + discordant();
    }

    /** Images that both classified correctly or both did not. */
    public long concordant() {
        return bothRight + bothWrong;
    }

    /** Images that exactly one classified correctly. */
    public long discordant() {
        return onlyChampion + onlyChallenger;
    }

    /** The challenger's accuracy minus the champion's, -1 to 1; 0 without images. */
    public double difference() {
        long labelled = labelled();
        return labelled == 0 ? 0 : ((double) onlyChallenger - onlyChampion) / labelled;
    }

    /** Throws IllegalArgumentException for counts that no images have. */
    void requireCounts() {
        if (bothRight < 0 || onlyChampion < 0 || onlyChallenger < 0 || bothWrong < 0) {
            throw new IllegalArgumentException(
                    "pair counts are negative: " + this + "; subtract an outcome only where it has been added");
        }
    }
}
