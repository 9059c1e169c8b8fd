package digitstream.classify;

import digitstream.model.Classifier;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A task's classifier of the model in service, which changes between two batches. Not thread-safe. */
final class ModelLease implements AutoCloseable {
    private final Supplier<ServedModel> inService;
    private @Nullable ServedModel model;
    private @Nullable Classifier classifier;

    ModelLease(Supplier<ServedModel> inService) {
        this.inService = inService;
    }

    /** Gives back the classifier of a model that is no longer in service, so that its memory can be freed. */
    void refresh() {
        if (model != null && model != inService.get()) {
            close();
        }
    }

    /** Returns the model in service, whose classifier is {@link #classifier}. */
    ServedModel current() {
        refresh();
        while (model == null) {
            ServedModel next = inService.get();
            Optional<Classifier> created = next.newClassifier();
            if (created.isPresent()) {
                classifier = created.get();
                model = next;
            } else {
                // It has been retired between the two calls, so another one is in service.
                Thread.onSpinWait();
            }
        }
        return model;
    }

    Classifier classifier() {
        if (classifier == null) {
            throw new IllegalStateException("there is a classifier after current() only");
        }
        return classifier;
    }

    @Override
    public void close() {
        if (classifier != null) {
            classifier.close();
        }
        classifier = null;
        model = null;
    }
}
