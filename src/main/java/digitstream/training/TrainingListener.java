package digitstream.training;

/** Is told how training goes. Called by the training thread. */
public interface TrainingListener {

    /** So many of an epoch's images are done. */
    void progress(int epoch, int epochs, int imagesDone, int images);

    /**
     * An epoch is over.
     *
     * @param loss mean cross-entropy of its images, in nats
     * @param accuracy of its images as they were trained on, 0 to 1
     */
    void epoch(int epoch, int epochs, double loss, double accuracy, double imagesPerSecond);
}
