package digitstream.accuracy;

import digitstream.common.SaturatedMath;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one image: its latest label and the first prediction of each model version. Events may arrive in any order.
 * Of several labels, the one with the latest time applies; at equal times, the one that arrived last. Immutable: each event
 * returns a new state and reports its effect on the counts to {@link CountChanges}.
 *
 * @param label null if none has arrived; a retraction if the latest one was taken back
 * @param predictions the first one of each model version, with the topics that it was in
 * @param touchedAtMillis when an event last changed the state, by the scorer's clock; the retention runs from here. Rounded up, so
 *     that the images of a minute or so expire together
 */
public record ImageState(@Nullable Label label, List<Predicted> predictions, long touchedAtMillis) {
    private static final byte FORMAT = 2;
    /** The format of a state with a retraction, which older versions don't know. */
    private static final byte RETRACTED = 3;
    /** The format of a state with a challenger's prediction, which has the {@link Role} beside the digit. */
    private static final byte WITH_ROLES = 4;
    /** The format of older versions: the same, but with a time that is not rounded. */
    private static final byte UNROUNDED = 1;

    private static final int DIGIT_BITS = 4;

    /** Keeps a state below a megabyte, Kafka's default limit of a record, even if every name has its maximum length. */
    static final int MAX_PREDICTIONS = 1_000;

    /**
     * An image that more versions have classified is in no pair. Their number would grow with the square, and what is not
     * counted must not depend on the order of the predictions.
     */
    static final int MAX_COMPARED = 32;

    /** Something that became known about an image. */
    public sealed interface Event permits Label, Predicted {}

    /**
     * A label, or a retraction of the labels before it.
     *
     * @param digit 0 to 9; {@link #NONE} for a retraction
     * @param labelledAtMillis the label's own time
     */
    public record Label(int digit, long labelledAtMillis) implements Event {
        /** The digit of a retraction. In a serialized state, -1 means that there is no label. */
        public static final int NONE = -2;

        public static Label retraction(long atMillis) {
            return new Label(NONE, atMillis);
        }

        public boolean isRetraction() {
            return digit == NONE;
        }
    }

    /**
     * A prediction.
     *
     * @param digit 0 to 9
     * @param confidence 0 to 1
     * @param eventTimeMillis the image's event time
     * @param bucketStartMillis the time bucket it is counted in, chosen once so that a correction changes the same bucket
     */
    public record Predicted(
            ModelVersion model, int digit, float confidence, long eventTimeMillis, long bucketStartMillis, Role role)
            implements Event {

        private Predicted with(Role another) {
            return new Predicted(model, digit, confidence, eventTimeMillis, bucketStartMillis, another);
        }

        private boolean isRight(Label label) {
            return digit == label.digit;
        }
    }

    public ImageState {
        predictions = List.copyOf(predictions);
    }

    private static final ImageState UNKNOWN = new ImageState(null, List.of(), 0);

    /** The state of an image without events. */
    public static ImageState unknown() {
        return UNKNOWN;
    }

    /** Applies a label or a prediction. */
    public ImageState after(Event event, long nowMillis, CountChanges changes) {
        return event instanceof Label next
                ? labelled(next, nowMillis, changes)
                : predicted((Predicted) event, nowMillis, changes);
    }

    /**
     * Applies a prediction. A further one by the same model version only counts as a duplicate. If it is in another topic than
     * the first, the version has both roles from then on, so that their order does not matter. Beyond the maximum number of
     * predictions, the first one is forgotten: it counts as expired if it has no label, and corrections pass it by.
     */
    public ImageState predicted(Predicted prediction, long nowMillis, CountChanges changes) {
        AccuracyCounts counts = changes.counts(prediction.model(), prediction.bucketStartMillis());
        Predicted known = find(prediction.model());
        if (known != null) {
            counts.addDuplicate();
            return withRole(known, prediction.role(), nowMillis);
        }
        counts.addPredicted();
        if (label != null && !label.isRetraction()) {
            count(1, label, prediction, changes);
            if (predictions.isEmpty()) {
                changes.labels(LabelOutcomes.PENDING_TO_MATCHED);
            }
        }
        if (predictions.isEmpty()) {
            return new ImageState(label, List.of(prediction), nowMillis);
        }
        List<Predicted> all = new ArrayList<>(predictions);
        all.add(prediction);
        if (all.size() > MAX_PREDICTIONS) {
            Predicted forgotten = all.remove(0);
            if (!isLabelled()) {
                changes.counts(forgotten.model(), forgotten.bucketStartMillis()).addExpired();
            }
        }
        return new ImageState(label, all, nowMillis);
    }

    private @Nullable Predicted find(ModelVersion model) {
        for (Predicted known : predictions) {
            if (known.model().equals(model)) {
                return known;
            }
        }
        return null;
    }

    private ImageState withRole(Predicted known, Role added, long nowMillis) {
        Role role = known.role().and(added);
        if (role == known.role()) {
            return this;
        }
        List<Predicted> all = new ArrayList<>(predictions);
        all.set(all.indexOf(known), known.with(role));
        return new ImageState(label, all, nowMillis);
    }

    private boolean isLabelled() {
        return label != null && !label.isRetraction();
    }

    /** Applies a label or a retraction. */
    public ImageState labelled(Label next, long nowMillis, CountChanges changes) {
        if (next.isRetraction() || (label != null && label.isRetraction())) {
            return retracted(next, nowMillis, changes);
        }
        if (label == null) {
            changes.labels(predictions.isEmpty() ? LabelOutcomes.PENDING : LabelOutcomes.MATCHED);
        } else {
            // Exactly one of the two labels is superseded: the known one, or this one if it is older.
            changes.labels(label.digit() == next.digit() ? LabelOutcomes.DUPLICATE : LabelOutcomes.CORRECTED);
            if (next.labelledAtMillis() < label.labelledAtMillis() || next.equals(label)) {
                return this;
            }
            predictions.forEach(prediction -> count(-1, label, prediction, changes));
        }
        predictions.forEach(prediction -> count(1, next, prediction, changes));
        return new ImageState(next, predictions, nowMillis);
    }

    /** Applies a retraction, or a label after one. A retraction without effect is remembered: an older label may come later. */
    private ImageState retracted(Label next, long nowMillis, CountChanges changes) {
        boolean older = label != null && next.labelledAtMillis() < label.labelledAtMillis();
        LabelOutcomes kept = predictions.isEmpty() ? LabelOutcomes.PENDING : LabelOutcomes.MATCHED;
        changes.labels(older || next.isRetraction() ? LabelOutcomes.RETRACTED : kept);
        if (older || next.equals(label)) {
            return this;
        }
        if (label != null && !label.isRetraction()) {
            Label before = label;
            changes.labels(kept.negated().plus(LabelOutcomes.RETRACTED));
            predictions.forEach(prediction -> count(-1, before, prediction, changes));
        } else if (!next.isRetraction()) {
            predictions.forEach(prediction -> count(1, next, prediction, changes));
        }
        return new ImageState(next, predictions, nowMillis);
    }

    /** Whether the state was last changed at or before this time, up to which everything has expired. */
    public boolean isExpired(long expiredToMillis) {
        return touchedAtMillis <= expiredToMillis;
    }

    /** Adds what is unmatched in this state, or takes it back. */
    public void unmatched(int sign, UnmatchedChanges changes) {
        if (!isLabelled()) {
            for (int i = 0; i < predictions.size(); i++) {
                Predicted prediction = predictions.get(i);
                changes.predictions(touchedAtMillis, prediction.model(), prediction.bucketStartMillis(), sign);
            }
        } else if (predictions.isEmpty()) {
            changes.labels(touchedAtMillis, sign);
        }
    }

    /**
     * Adds the pairs that this image is in, or takes them back: each champion with each challenger, if there is a label.
     *
     * @param sign 1 or -1
     */
    public void pairs(int sign, PairChanges changes) {
        // Most images have one prediction. This runs twice for each event.
        if (predictions.size() < 2 || predictions.size() > MAX_COMPARED || label == null || label.isRetraction()) {
            return;
        }
        for (Predicted challenger : predictions) {
            if (challenger.role().isChallenger()) {
                pairs(sign, challenger, label, changes);
            }
        }
    }

    private void pairs(int sign, Predicted challenger, Label actual, PairChanges changes) {
        for (Predicted champion : predictions) {
            // Each version is in the list once, so that this is the same prediction or another version's.
            if (champion.role().isChampion() && !champion.model().equals(challenger.model())) {
                changes.pair(
                        sign,
                        champion.model(),
                        challenger.model(),
                        actual.digit(),
                        champion.isRight(actual),
                        challenger.isRight(actual));
            }
        }
    }

    /** The same state, as if it had been changed at this time. */
    public ImageState touchedAt(long millis) {
        return new ImageState(label, predictions, millis);
    }

    private static void count(int sign, Label label, Predicted prediction, CountChanges changes) {
        changes.counts(prediction.model(), prediction.bucketStartMillis())
                .addLabelled(
                        sign,
                        label.digit(),
                        prediction.digit(),
                        prediction.confidence(),
                        SaturatedMath.subtract(label.labelledAtMillis(), prediction.eventTimeMillis()));
    }

    /** The size of the serialized state at most, in bytes. */
    public int maxBytes(ModelNames names) {
        int size = 32;
        for (int i = 0; i < predictions.size(); i++) {
            Predicted prediction = predictions.get(i);
            size += names.size(prediction.model()) + 26;
        }
        return size;
    }

    /** Serializes the state compactly, because there are up to 50,000 of them a second. */
    public void write(ByteBuffer out, ModelNames names) {
        boolean withRoles = hasChallenger();
        out.put(withRoles ? WITH_ROLES : label != null && label.isRetraction() ? RETRACTED : FORMAT);
        Varint.put(out, touchedAtMillis);
        out.put((byte) (label == null ? -1 : label.digit()));
        if (label != null) {
            Varint.put(out, label.labelledAtMillis());
        }
        Varint.put(out, predictions.size());
        // Without an iterator: this runs for each event.
        for (int i = 0; i < predictions.size(); i++) {
            Predicted prediction = predictions.get(i);
            names.put(out, prediction.model());
            out.put((byte)
                    (withRoles ? prediction.role().code() << DIGIT_BITS | prediction.digit() : prediction.digit()));
            out.putFloat(prediction.confidence());
            Varint.put(out, prediction.eventTimeMillis());
            Varint.put(out, prediction.bucketStartMillis() - prediction.eventTimeMillis());
        }
    }

    private boolean hasChallenger() {
        for (int i = 0; i < predictions.size(); i++) {
            if (predictions.get(i).role().isChallenger()) {
                return true;
            }
        }
        return false;
    }

    /** The bytes of {@link #write}. */
    public byte[] toBytes() {
        ModelNames names = new ModelNames();
        ByteBuffer out = ByteBuffer.allocate(maxBytes(names));
        write(out, names);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Parses the output of {@link #toBytes()}. */
    public static ImageState fromBytes(byte[] bytes) {
        return read(ByteBuffer.wrap(bytes), new ModelNames());
    }

    /** Whether the time in a serialized state is rounded, as that of older versions is not. */
    public static boolean isRounded(byte[] bytes) {
        return bytes[0] != UNROUNDED;
    }

    /** Parses the output of {@link #write}, also of older versions, from a buffer with an array. */
    public static ImageState read(ByteBuffer in, ModelNames names) {
        byte format = in.get();
        if (format < UNROUNDED || format > WITH_ROLES) {
            throw new IllegalArgumentException(
                    "unknown format of an image state; formats " + UNROUNDED + " to " + WITH_ROLES + " are supported");
        }
        long touchedAtMillis = Varint.get(in);
        int digit = in.get();
        Label label = digit == -1 ? null : new Label(digit, Varint.get(in));
        int count = (int) Varint.get(in);
        if (count == 1) {
            return new ImageState(label, List.of(prediction(in, names)), touchedAtMillis);
        }
        List<Predicted> predictions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            predictions.add(prediction(in, names));
        }
        return new ImageState(label, predictions, touchedAtMillis);
    }

    private static Predicted prediction(ByteBuffer in, ModelNames names) {
        ModelVersion model = names.get(in);
        // Formats without roles have zeros there, which is the champion's.
        int roleAndDigit = in.get();
        int digit = roleAndDigit & (1 << DIGIT_BITS) - 1;
        Role role = Role.of(roleAndDigit >> DIGIT_BITS);
        float confidence = in.getFloat();
        long eventTimeMillis = Varint.get(in);
        return new Predicted(model, digit, confidence, eventTimeMillis, Varint.get(in) + eventTimeMillis, role);
    }
}
