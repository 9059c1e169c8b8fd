package digitstream.accuracy;

import digitstream.common.SaturatedMath;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one image: its latest label and the first prediction of each model version. Events may arrive in any order.
 * Of several labels, the one with the latest time applies; at equal times, the one that arrived last. Immutable: each event
 * returns a new state and reports its effect on the counts to {@link CountChanges}.
 *
 * @param label null if none has arrived
 * @param predictions the first one of each model version
 * @param touchedAtMillis when an event last changed the state, by the scorer's clock; the retention runs from here
 */
public record ImageState(@Nullable Label label, List<Predicted> predictions, long touchedAtMillis) {
    private static final byte FORMAT = 1;

    /** Keeps a state below a megabyte, Kafka's default limit of a record, even if every name has its maximum length. */
    static final int MAX_PREDICTIONS = 1_000;

    /** Something that became known about an image. */
    public sealed interface Event permits Label, Predicted {}

    /**
     * A label.
     *
     * @param digit 0 to 9
     * @param labelledAtMillis the label's own time
     */
    public record Label(int digit, long labelledAtMillis) implements Event {}

    /**
     * A prediction.
     *
     * @param digit 0 to 9
     * @param confidence 0 to 1
     * @param eventTimeMillis the image's event time
     * @param bucketStartMillis the time bucket it is counted in, chosen once so that a correction changes the same bucket
     */
    public record Predicted(
            ModelVersion model, int digit, float confidence, long eventTimeMillis, long bucketStartMillis)
            implements Event {}

    public ImageState {
        predictions = List.copyOf(predictions);
    }

    /** The state of an image without events. */
    public static ImageState unknown() {
        return new ImageState(null, List.of(), 0);
    }

    /** Applies a label or a prediction. */
    public ImageState after(Event event, long nowMillis, CountChanges changes) {
        return event instanceof Label next
                ? labelled(next, nowMillis, changes)
                : predicted((Predicted) event, nowMillis, changes);
    }

    /**
     * Applies a prediction. A further one by the same model version only counts as a duplicate. Beyond the maximum number of
     * predictions, the first one is forgotten: it counts as expired if it has no label, and corrections pass it by.
     */
    public ImageState predicted(Predicted prediction, long nowMillis, CountChanges changes) {
        AccuracyCounts counts = changes.counts(prediction.model(), prediction.bucketStartMillis());
        if (predictions.stream().anyMatch(known -> known.model().equals(prediction.model()))) {
            counts.addDuplicate();
            return this;
        }
        counts.addPredicted();
        if (label != null) {
            count(1, label, prediction, changes);
            if (predictions.isEmpty()) {
                changes.labels(LabelOutcomes.PENDING_TO_MATCHED);
            }
        }
        List<Predicted> all = new ArrayList<>(predictions);
        all.add(prediction);
        if (all.size() > MAX_PREDICTIONS) {
            Predicted forgotten = all.remove(0);
            if (label == null) {
                changes.counts(forgotten.model(), forgotten.bucketStartMillis()).addExpired();
            }
        }
        return new ImageState(label, all, nowMillis);
    }

    /** Applies a label. */
    public ImageState labelled(Label next, long nowMillis, CountChanges changes) {
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

    /** Whether the state has not changed for the retention time. */
    public boolean isExpired(long nowMillis, long retentionMillis) {
        return SaturatedMath.subtract(nowMillis, touchedAtMillis) >= retentionMillis;
    }

    /** Counts what is unmatched as expired or orphaned. The caller then deletes the state. */
    public void expire(CountChanges changes) {
        if (label == null) {
            for (Predicted prediction : predictions) {
                changes.counts(prediction.model(), prediction.bucketStartMillis())
                        .addExpired();
            }
        } else if (predictions.isEmpty()) {
            changes.labels(LabelOutcomes.PENDING_TO_ORPHANED);
        }
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

    /** Serializes the state compactly, because there are up to 20,000 of them a second. */
    public byte[] toBytes() {
        int size = 32;
        List<byte[]> texts = new ArrayList<>(2 * predictions.size());
        for (Predicted prediction : predictions) {
            for (String text :
                    new String[] {prediction.model().name(), prediction.model().version()}) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                texts.add(utf8);
                size += utf8.length + 20;
            }
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(FORMAT);
        Varint.put(out, touchedAtMillis);
        out.put((byte) (label == null ? -1 : label.digit()));
        if (label != null) {
            Varint.put(out, label.labelledAtMillis());
        }
        Varint.put(out, predictions.size());
        for (int i = 0; i < predictions.size(); i++) {
            Predicted prediction = predictions.get(i);
            put(out, texts.get(2 * i));
            put(out, texts.get(2 * i + 1));
            out.put((byte) prediction.digit());
            out.putFloat(prediction.confidence());
            Varint.put(out, prediction.eventTimeMillis());
            Varint.put(out, prediction.bucketStartMillis() - prediction.eventTimeMillis());
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Parses the output of {@link #toBytes()}. */
    public static ImageState fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.get() != FORMAT) {
            throw new IllegalArgumentException("unknown format of an image state; format " + FORMAT + " is supported");
        }
        long touchedAtMillis = Varint.get(in);
        int digit = in.get();
        Label label = digit < 0 ? null : new Label(digit, Varint.get(in));
        int count = (int) Varint.get(in);
        List<Predicted> predictions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ModelVersion model = new ModelVersion(text(in), text(in));
            int predictedDigit = in.get();
            float confidence = in.getFloat();
            long eventTimeMillis = Varint.get(in);
            predictions.add(new Predicted(
                    model, predictedDigit, confidence, eventTimeMillis, Varint.get(in) + eventTimeMillis));
        }
        return new ImageState(label, predictions, touchedAtMillis);
    }

    private static void put(ByteBuffer out, byte[] utf8) {
        Varint.put(out, utf8.length);
        out.put(utf8);
    }

    private static String text(ByteBuffer in) {
        byte[] utf8 = new byte[(int) Varint.get(in)];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
