package digitstream.classify;

import digitstream.accuracy.ModelVersion;
import digitstream.model.Classifier;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A model that tasks classify with. It is freed when it has been retired and its last classifier is closed; its metrics are removed
 * when it is retired. Thread-safe; its classifiers are not.
 */
public final class ServedModel {
    private final ModelVersion version;
    private final Supplier<Classifier> classifiers;
    private final ModelMetrics metrics;
    private final Runnable free;
    private int open;
    private boolean retired;

    /**
     * Creates a model that is not yet used.
     *
     * @param classifiers creates a classifier for one thread
     * @param metrics those of this version
     * @param free frees the model's native memory; called once
     */
    public ServedModel(ModelVersion version, Supplier<Classifier> classifiers, ModelMetrics metrics, Runnable free) {
        this.version = version;
        this.classifiers = classifiers;
        this.metrics = metrics;
        this.free = free;
    }

    /** The name and version that its predictions carry. */
    public ModelVersion version() {
        return version;
    }

    ModelMetrics metrics() {
        return metrics;
    }

    /** Creates a classifier, which the caller closes; empty if the model has been retired. */
    synchronized Optional<Classifier> newClassifier() {
        if (retired) {
            return Optional.empty();
        }
        Classifier classifier = classifiers.get();
        open++;
        return Optional.of(new Counted(classifier));
    }

    /** Removes its metrics. Call it before those of the same version are registered again. */
    public void removeMetrics() {
        metrics.close();
    }

    /** Creates no more classifiers, removes the metrics, and frees the model once the existing classifiers are closed. */
    public void retire() {
        removeMetrics();
        boolean last;
        synchronized (this) {
            if (retired) {
                return;
            }
            retired = true;
            last = open == 0;
        }
        if (last) {
            free.run();
        }
    }

    private void closed() {
        boolean last;
        synchronized (this) {
            open--;
            last = retired && open == 0;
        }
        if (last) {
            free.run();
        }
    }

    /** Tells the model when it is closed. */
    private final class Counted implements Classifier {
        private final Classifier classifier;
        private boolean ended;

        Counted(Classifier classifier) {
            this.classifier = classifier;
        }

        @Override
        public float[] classify(List<byte[]> images) {
            return classifier.classify(images);
        }

        @Override
        public void close() {
            if (!ended) {
                ended = true;
                classifier.close();
                closed();
            }
        }
    }
}
