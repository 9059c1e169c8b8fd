package digitstream.classify;

import java.util.ArrayList;
import java.util.List;

/** The batch that a task is filling: images that were consumed and not classified yet. Used by the task's thread. */
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

    /** When the oldest image joined, by the wall clock; there must be one. */
    long openedAtMillis() {
        return images.get(0).arrivedAtMillis();
    }

    /** Takes the whole batch out; the next image opens a new one. */
    List<PendingImage> take() {
        List<PendingImage> taken = images;
        images = new ArrayList<>(taken.size());
        return taken;
    }

    void clear() {
        images.clear();
    }
}
