package digitstream.accuracy;

/** Receives what an image's state adds to the counts of the pairs of a champion and a challenger. */
public interface PairChanges {

    /**
     * Adds an image that both have classified, or takes it back.
     *
     * @param more 1 or -1
     * @param actual the label, 0 to 9
     */
    void pair(
            int more,
            ModelVersion champion,
            ModelVersion challenger,
            int actual,
            boolean championRight,
            boolean challengerRight);
}
