package digitstream.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.ImageState.Label;
import digitstream.accuracy.ImageState.Predicted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ImageStateTest {
    private static final ModelVersion V1 = new ModelVersion("m", "1");
    private static final ModelVersion V2 = new ModelVersion("m", "2");

    /** A label or a prediction of an image; the other one is null. */
    private record Event(int image, Label label, Predicted prediction) {}

    /** Sums the changes of events, and what is unmatched. */
    private static final class Sums implements CountChanges, UnmatchedChanges {
        private final Map<ModelVersion, AccuracyCounts> counts = new HashMap<>();
        private final Map<ModelVersion, Integer> unmatched = new HashMap<>();
        private int unmatchedLabels;
        private LabelOutcomes outcomes = LabelOutcomes.NONE;

        @Override
        public void predictions(long touchedAtMillis, ModelVersion model, long bucketStartMillis, int more) {
            unmatched.merge(model, more, Integer::sum);
        }

        @Override
        public void labels(long touchedAtMillis, int more) {
            unmatchedLabels += more;
        }

        /** Applies an event to the state of its image. */
        ImageState after(Event event, ImageState state) {
            ImageState after = event.label != null
                    ? state.labelled(event.label, 1, this)
                    : state.predicted(event.prediction, 1, this);
            state.unmatched(-1, this);
            after.unmatched(1, this);
            return after;
        }

        @Override
        public AccuracyCounts counts(ModelVersion model, long bucketStartMillis) {
            return counts.computeIfAbsent(model, ignored -> new AccuracyCounts());
        }

        @Override
        public void labels(LabelOutcomes change) {
            outcomes = outcomes.plus(change);
        }
    }

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<Integer> images = Arbitraries.integers().between(0, 3);
        Arbitrary<Integer> digits = Arbitraries.integers().between(0, 9);
        Arbitrary<Event> labels = Combinators.combine(
                        images,
                        Arbitraries.oneOf(digits, digits, digits, Arbitraries.just(Label.NONE)),
                        Arbitraries.integers().between(0, 6))
                .as((image, digit, time) -> new Event(image, new Label(digit, 1_000L * time), null));
        Arbitrary<Event> predictions = Combinators.combine(
                        images,
                        digits,
                        Arbitraries.of(V1, V2),
                        Arbitraries.floats().between(0.1f, 1.0f))
                .as((image, digit, model, confidence) ->
                        new Event(image, null, new Predicted(model, digit, confidence, 500, 0, Role.CHAMPION)));
        return Arbitraries.oneOf(labels, predictions).list().ofMaxSize(40);
    }

    @Property(tries = 2_000)
    void countsTheSameAsAnOracleThatSeesAllEventsAtOnce(@ForAll("events") List<Event> events) {
        Sums sums = new Sums();
        Map<Integer, ImageState> states = new HashMap<>();
        for (Event event : events) {
            ImageState state = sums.after(event, states.getOrDefault(event.image, ImageState.unknown()));
            states.put(event.image, ImageState.fromBytes(state.toBytes()));
        }

        for (ModelVersion model : List.of(V1, V2)) {
            AccuracyCounts expected = oracle(events, model);
            AccuracyCounts actual = sums.counts(model, 0);
            assertThat(actual).isEqualTo(expected);
            assertThat(actual.predicted())
                    .isEqualTo(actual.correct()
                            + (actual.labelled() - actual.correct())
                            + actual.pending()
                            + actual.expired());
        }
        LabelOutcomes outcomes = sums.outcomes;
        assertThat(outcomes.received()).isEqualTo(labels(events).count());
        assertThat(outcomes.matched()).isEqualTo(labelledImages(events, true));
        assertThat(outcomes.pending()).isEqualTo(labelledImages(events, false));
        assertThat(outcomes.received())
                .isEqualTo(outcomes.matched()
                        + outcomes.pending()
                        + outcomes.orphaned()
                        + outcomes.duplicate()
                        + outcomes.corrected()
                        + outcomes.retracted());
    }

    @Property(tries = 500)
    void leavesNothingPendingAfterExpiry(@ForAll("events") List<Event> events) {
        Sums sums = new Sums();
        Map<Integer, ImageState> states = new HashMap<>();
        for (Event event : events) {
            states.put(event.image, sums.after(event, states.getOrDefault(event.image, ImageState.unknown())));
        }
        long pendingLabels = sums.outcomes.pending();
        sums.unmatched.forEach((model, count) -> sums.counts(model, 0).addExpired(count));
        sums.labels(LabelOutcomes.orphaned(sums.unmatchedLabels));

        sums.counts.values().forEach(counts -> assertThat(counts.pending()).isZero());
        assertThat(sums.outcomes.pending()).isZero();
        assertThat(sums.outcomes.orphaned()).isEqualTo(pendingLabels);
    }

    /** Counts the first prediction with the label of the latest time; at equal times, the last one; without it if retracted. */
    private static AccuracyCounts oracle(List<Event> events, ModelVersion model) {
        AccuracyCounts counts = new AccuracyCounts();
        for (int image : events.stream().map(Event::image).distinct().toList()) {
            List<Predicted> predictions = events.stream()
                    .filter(event -> event.image == image && event.prediction != null)
                    .map(Event::prediction)
                    .filter(prediction -> prediction.model().equals(model))
                    .toList();
            List<Label> labels = new ArrayList<>(
                    labels(events.stream().filter(event -> event.image == image).toList())
                            .toList());
            labels.sort(Comparator.comparingLong(Label::labelledAtMillis));
            for (int i = 0; i < predictions.size(); i++) {
                if (i > 0) {
                    counts.addDuplicate();
                } else {
                    counts.addPredicted();
                    Label label = labels.isEmpty() ? null : labels.get(labels.size() - 1);
                    if (label != null && !label.isRetraction()) {
                        Predicted first = predictions.get(0);
                        counts.addLabelled(
                                1, label.digit(), first.digit(), first.confidence(), label.labelledAtMillis() - 500);
                    }
                }
            }
        }
        return counts;
    }

    private static Stream<Label> labels(List<Event> events) {
        return events.stream().filter(event -> event.label != null).map(Event::label);
    }

    private static long labelledImages(List<Event> events, boolean predicted) {
        return events.stream()
                .map(Event::image)
                .distinct()
                .filter(image -> labels(events.stream()
                                .filter(event -> event.image == image)
                                .toList())
                        .reduce((one, next) -> next.labelledAtMillis() < one.labelledAtMillis() ? one : next)
                        .filter(label -> !label.isRetraction())
                        .isPresent())
                .filter(image -> predicted
                        == events.stream().anyMatch(event -> event.image == image && event.prediction != null))
                .count();
    }

    @Test
    void countsTheDelayOfAnImpossibleTimeWithoutOverflow() {
        Sums sums = new Sums();
        ImageState.unknown()
                .predicted(new Predicted(V1, 3, 0.9f, Long.MIN_VALUE, 0, Role.CHAMPION), 1, sums)
                .labelled(new Label(3, 1_000), 2, sums);
        assertThat(sums.counts(V1, 0).meanDelayMillis()).hasValue((double) Long.MAX_VALUE);
        ImageState state = ImageState.unknown()
                .predicted(new Predicted(V1, 3, 0.9f, Long.MIN_VALUE, Long.MAX_VALUE, Role.CHAMPION), 1, sums)
                .labelled(new Label(3, Long.MAX_VALUE), 2, sums);
        assertThat(ImageState.fromBytes(state.toBytes())).isEqualTo(state);
    }

    @Test
    void forgetsTheFirstPredictionOfAnImageWithAThousandModelVersions() {
        Sums sums = new Sums();
        ImageState state = ImageState.unknown();
        String longest = "\uFFFD".repeat(120);
        for (int i = 0; i <= ImageState.MAX_PREDICTIONS; i++) {
            state = state.predicted(
                    new Predicted(
                            new ModelVersion(longest, longest + i), 3, 0.9f, 1_700_000_000_000L, 0, Role.CHAMPION),
                    1,
                    sums);
        }
        assertThat(state.predictions()).hasSize(ImageState.MAX_PREDICTIONS);
        assertThat(state.toBytes()).hasSizeLessThan(1_000_000);
        assertThat(sums.counts(new ModelVersion(longest, longest + 0), 0).expired())
                .isEqualTo(1);
        state.labelled(new Label(3, 1_700_000_000_000L), 1, sums);
        sums.counts.values().forEach(counts -> assertThat(counts.pending()).isZero());
    }

    @Test
    void expiresByTheTimeOfItsLastChange() {
        Sums sums = new Sums();
        ImageState state = ImageState.unknown().labelled(new Label(3, 0), 100, sums);
        assertThat(state.isExpired(99)).isFalse();
        assertThat(state.isExpired(100)).isTrue();
    }

    @Test
    void acceptsACorrectionOnlyFromALaterLabel() {
        Sums sums = new Sums();
        ImageState state = ImageState.unknown()
                .predicted(new Predicted(V1, 3, 0.9f, 0, 0, Role.CHAMPION), 1, sums)
                .labelled(new Label(3, 1_000), 2, sums)
                .labelled(new Label(8, 500), 3, sums);
        assertThat(sums.counts(V1, 0).correct()).isEqualTo(1);
        state.labelled(new Label(8, 2_000), 4, sums);
        assertThat(sums.counts(V1, 0).correct()).isZero();
        assertThat(sums.counts(V1, 0).labelled()).isEqualTo(1);
        assertThat(sums.outcomes).isEqualTo(new LabelOutcomes(3, 1, 0, 0, 0, 2));
    }
}
