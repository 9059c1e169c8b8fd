package digitstream.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.accuracy.ImageState.Event;
import digitstream.accuracy.ImageState.Label;
import digitstream.accuracy.ImageState.Predicted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The pairs of a champion and a challenger that one image is in. */
class ImagePairsTest {
    private static final List<String> VERSIONS = List.of("1", "2", "3", "4");

    /** Sums the pairs of an image, by a text that says which pair it is, what the label is and who is right. */
    private static final class Sums implements PairChanges, CountChanges {
        private final Map<String, Integer> pairs = new HashMap<>();
        private int calls;

        @Override
        public void pair(
                int more,
                ModelVersion champion,
                ModelVersion challenger,
                int actual,
                boolean championRight,
                boolean challengerRight) {
            calls++;
            pairs.merge(
                    text(champion.version(), challenger.version(), actual, championRight, challengerRight),
                    more,
                    // Nothing is left of what was taken back.
                    (a, b) -> a + b == 0 ? null : a + b);
        }

        @Override
        public AccuracyCounts counts(ModelVersion model, long bucketStartMillis) {
            return new AccuracyCounts();
        }

        @Override
        public void labels(LabelOutcomes change) {}

        ImageState apply(List<Event> events) {
            ImageState state = ImageState.unknown();
            for (Event event : events) {
                ImageState after = state.after(event, 1, this);
                state.pairs(-1, this);
                after.pairs(1, this);
                state = ImageState.fromBytes(after.toBytes());
                assertThat(state).isEqualTo(after);
            }
            return state;
        }
    }

    private static String text(
            String champion, String challenger, int actual, boolean championRight, boolean challengerRight) {
        return champion + " " + challenger + " " + actual + " " + championRight + " " + challengerRight;
    }

    private static Predicted predicted(String version, Role role) {
        return new Predicted(new ModelVersion("m", version), 1, 0.9f, 500, 0, role);
    }

    /** A version always predicts the same digit for an image. */
    private static int digit(String version) {
        return Integer.parseInt(version) % 3;
    }

    private static Predicted ofDigit(String version, Role role) {
        return new Predicted(new ModelVersion("m", version), digit(version), 0.9f, 500, 0, role);
    }

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<Event> labels = Combinators.combine(
                        Arbitraries.of(0, 1, 2, 9, Label.NONE),
                        Arbitraries.integers().between(0, 1_000_000))
                .as(Label::new);
        Arbitrary<Event> predictions = Combinators.combine(
                        Arbitraries.of(VERSIONS), Arbitraries.of(Role.CHAMPION, Role.CHALLENGER))
                .as(ImagePairsTest::ofDigit);
        // Of two labels with the same time, the order decides.
        return Arbitraries.oneOf(labels, predictions)
                .list()
                .uniqueElements(event -> event instanceof Label label ? label.labelledAtMillis() : new Object())
                .ofMaxSize(12);
    }

    @Property(tries = 2_000)
    void countsThePairsOfAnOracleThatSeesAllEventsInAnyOrder(@ForAll("events") List<Event> events, @ForAll long seed) {
        Map<String, Integer> expected = oracle(events);
        List<Event> shuffled = new ArrayList<>(events);
        Collections.shuffle(shuffled, new Random(seed));
        for (List<Event> order : List.of(events, shuffled)) {
            Sums sums = new Sums();
            sums.apply(order);
            assertThat(sums.pairs).isEqualTo(expected);
        }
    }

    private static Map<String, Integer> oracle(List<Event> events) {
        Set<String> champions = new TreeSet<>();
        Set<String> challengers = new TreeSet<>();
        Label latest = Label.retraction(-1);
        for (Event event : events) {
            if (event instanceof Label label) {
                latest = label.labelledAtMillis() > latest.labelledAtMillis() ? label : latest;
            } else if (event instanceof Predicted predicted) {
                (predicted.role() == Role.CHAMPION ? champions : challengers)
                        .add(predicted.model().version());
            }
        }
        Map<String, Integer> pairs = new HashMap<>();
        if (!latest.isRetraction()) {
            for (String champion : champions) {
                for (String challenger : challengers) {
                    if (!champion.equals(challenger)) {
                        int actual = latest.digit();
                        pairs.put(
                                text(
                                        champion,
                                        challenger,
                                        actual,
                                        digit(champion) == actual,
                                        digit(challenger) == actual),
                                1);
                    }
                }
            }
        }
        return pairs;
    }

    @Test
    void hasNoPairsWithoutAChallenger() {
        Sums sums = new Sums();
        sums.apply(List.of(
                ofDigit("1", Role.CHAMPION), ofDigit("2", Role.CHAMPION), new Label(1, 1_000), new Label(2, 2_000)));
        assertThat(sums.calls).isZero();
    }

    @Test
    void takesAllPairsBackIfMoreVersionsClassifyAnImageThanAnHonestStreamHas() {
        List<Event> events = new ArrayList<>(List.of(new Label(1, 1_000), predicted("champion", Role.CHAMPION)));
        for (int i = 1; i < ImageState.MAX_COMPARED; i++) {
            events.add(predicted("challenger" + i, Role.CHALLENGER));
        }
        Sums most = new Sums();
        most.apply(events);
        assertThat(most.pairs).hasSize(ImageState.MAX_COMPARED - 1);
        events.add(predicted("one more", Role.CHALLENGER));
        Sums tooMany = new Sums();
        tooMany.apply(events);
        assertThat(tooMany.pairs).isEmpty();
    }

    @Test
    void readsStatesOfOlderVersionsAndWritesThemAlikeWithoutAChallenger() {
        HexFormat hex = HexFormat.of();
        byte[] older = hex.parseHex("02d00f07e80702026d0231033f000000a006c701");
        ImageState expected = new ImageState(
                new Label(7, 500),
                List.of(new Predicted(new ModelVersion("m", "1"), 3, 0.5f, 400, 300, Role.CHAMPION)),
                1_000);
        assertThat(ImageState.fromBytes(older)).isEqualTo(expected);
        assertThat(hex.formatHex(expected.toBytes())).isEqualTo(hex.formatHex(older));
        // A retraction, in the format that it has had since there are any.
        byte[] retracted = hex.parseHex("03d00ffee80702026d0231033f000000a006c701");
        assertThat(ImageState.fromBytes(retracted).label()).isEqualTo(Label.retraction(500));
        assertThat(hex.formatHex(ImageState.fromBytes(retracted).toBytes())).isEqualTo(hex.formatHex(retracted));
    }

    @Test
    void needsNoMoreBytesForAChallenger() {
        Sums sums = new Sums();
        int champions = sums.apply(List.of(ofDigit("1", Role.CHAMPION), ofDigit("2", Role.CHAMPION)))
                .toBytes()
                .length;
        byte[] challenger = sums.apply(List.of(ofDigit("1", Role.CHAMPION), ofDigit("2", Role.CHALLENGER)))
                .toBytes();
        assertThat(challenger).hasSize(champions);
        challenger[0] = 5;
        assertThatThrownBy(() -> ImageState.fromBytes(challenger)).hasMessageContaining("formats 1 to 4 are supported");
    }
}
