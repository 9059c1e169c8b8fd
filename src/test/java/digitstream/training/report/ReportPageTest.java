package digitstream.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.common.Digits;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.ModelCard;
import digitstream.model.Network;
import digitstream.training.Architecture;
import digitstream.training.Evaluation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportPageTest {
    private static final String SCRIPT = "<script>alert(\"x\" + 'y' & 1)</script>";
    private static final Map<String, byte[]> PLOTS = Map.of(
            "learning-curves.png", new byte[] {1},
            "per-class.png", new byte[] {2},
            "reliability.png", new byte[] {3});

    @Test
    void showsEverySection() {
        String page = page(evaluation("mnist", 12, 1), training("mnist"), Architecture.CONVNET.network(), PLOTS);
        assertThat(headings(page))
                .containsExactly(
                        "Learning curves",
                        "Confusion matrix",
                        "Precision, recall and F1 by digit",
                        "Reliability",
                        "Mistakes",
                        "Training",
                        "Layers");
        assertThat(page)
                .contains("<h1>lenet 1</h1>", "<dd>91.67 %</dd>", "<dd>1 of 12</dd>")
                .contains("<td class=\"correct\" style=\"--strength: 0.250\">1</td>")
                .contains("<td class=\"wrong\" style=\"--strength: 0.750\">1</td>")
                .contains("actual 1<br>predicted 0 (91 %)<br>image 11")
                .contains("src=\"data:image/png;base64,AQ==\"", "base64,Ag==\"", "base64,Aw==\"")
                .contains("Conv2d 3x3, 64 filters", "each of the 3 members");
    }

    @Test
    void leavesOutWhatIsNotKnown() {
        String page = page(evaluation("mnist", 4, 0), null, null, Map.of());
        assertThat(headings(page))
                .containsExactly("Confusion matrix", "Precision, recall and F1 by digit", "Reliability", "Mistakes");
        assertThat(page).contains("Every image was classified correctly.").doesNotContain("<img");
    }

    @Test
    void showsTheMostConfidentMistakesWhereThereAreMany() {
        String page = page(evaluation("mnist", 100, 90), null, null, Map.of());
        assertThat(page).contains("The 60 most confident of 90 misclassified images.");
        assertThat(Pattern.compile("<figcaption>").matcher(page).results()).hasSize(60);
    }

    @Test
    void escapesNames() {
        String page = page(evaluation(SCRIPT, 12, 1), training(SCRIPT), null, PLOTS);
        assertThat(page).doesNotContain("<script");
        assertThat(Pattern.compile("&lt;script&gt;alert\\(\"x\" \\+ 'y' &amp; 1\\)&lt;/script&gt;")
                        .matcher(page)
                        .results())
                .as("the evaluation's data, and data, selection, augmentation and software of the training")
                .hasSize(5);
    }

    private static List<String> headings(String page) {
        return Pattern.compile("<h2>(.*?)</h2>")
                .matcher(page)
                .results()
                .map(heading -> heading.group(1))
                .toList();
    }

    private static String page(
            Evaluation evaluation, ModelCard.Training training, Network network, Map<String, byte[]> plots) {
        ModelCard card = new ModelCard(
                1,
                "lenet",
                "1",
                "0".repeat(64),
                ModelCard.INPUT,
                ModelCard.OUTPUT,
                ModelCard.DIGITS,
                network,
                training,
                null,
                null,
                null,
                Map.of("digitstream", training == null ? "1" : training.data()));
        return ReportPage.toHtml(new ReportView(card, evaluation, plots));
    }

    private static ModelCard.Training training(String text) {
        return new ModelCard.Training(
                null, text, "0".repeat(64), 60_000, 2, 1, text, 100, "Adam", 0.01, text, 1, "cpu()", 2, 3.5);
    }

    /** Images that show 0 to 9 in turn; as many mistakes as given are at their end. */
    private static Evaluation evaluation(String data, int images, int mistakes) {
        byte[] labels = new byte[images];
        byte[] pixels = new byte[images * Digits.PIXELS];
        for (int i = 0; i < images; i++) {
            labels[i] = (byte) (i % Digits.CLASSES);
            int predicted = i < images - mistakes ? labels[i] : (labels[i] + 9) % Digits.CLASSES;
            pixels[i * Digits.PIXELS] = (byte) predicted;
        }
        return Evaluation.of(new FirstPixel(), data, new LabelledImages(Digits.SIDE, Digits.SIDE, pixels, labels));
    }

    /** Predicts the digit that the first pixel gives, with a confidence of 0.91. */
    private static final class FirstPixel implements Classifier {
        @Override
        public float[] classify(List<byte[]> images) {
            float[] probabilities = new float[images.size() * Digits.CLASSES];
            Arrays.fill(probabilities, 0.01f);
            for (int i = 0; i < images.size(); i++) {
                probabilities[i * Digits.CLASSES + images.get(i)[0]] = 0.91f;
            }
            return probabilities;
        }

        @Override
        public void close() {}
    }
}
