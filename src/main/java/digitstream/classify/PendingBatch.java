package digitstream.classify;

import java.util.ArrayList;
import java.util.List;

/** A task's open batch: images that are consumed but not yet classified. Used only by the task's thread. */
final class PendingBatch {
    private List<PendingImage> images = new ArrayList<>();

    void add(PendingImage image) {
        images.add(image);
    }

    int size() {
        return images.size();
    }

    boolean isEmpty() {
        return images.isEmpty();
    }

    /** When the oldest image was added, by the wall clock. The batch must not be empty. */
    long openedAtMillis() {
        return images.get(0).arrivedAtMillis();
    }

    /** Removes and returns all images; the next image opens a new batch. */
    List<PendingImage> take() {
        List<PendingImage> taken = images;
        images = new ArrayList<>(taken.size());
        return taken;
    }

    void clear() {
        images.clear();
    }
}
