package digitstream.training;

/** Receives training progress and can stop training. All methods are called on the training thread. */
public interface TrainingListener {

    /** Called after each step, with the number of the epoch's images processed so far; {@code epoch} 1 is the first. */
    default void progress(int epoch, int epochs, int imagesDone, int images) {}

    /**
     * Called after each epoch, when its checkpoint is written.
     *
     * @param epochs of the whole training
     */
    default void epoch(EpochResult result, int epochs) {}

    /** Called before each step; return true to stop training. The last completed epoch is kept in a checkpoint. */
    default boolean wantsStop() {
        return false;
    }
}
