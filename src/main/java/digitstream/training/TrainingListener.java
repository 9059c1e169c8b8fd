package digitstream.training;

/** Is told how training goes, and may end it. Called by the training thread. */
public interface TrainingListener {

    /** So many of an epoch's images are done. */
    default void progress(int epoch, int epochs, int imagesDone, int images) {}

    /**
     * An epoch is over.
     *
     * @param epochs of the whole training
     */
    default void epoch(EpochResult result, int epochs) {}

    /** Whether training is to end at the next step; what was learnt up to the last whole epoch is kept. */
    default boolean wantsStop() {
        return false;
    }
}
