package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.serde.AvroSerializer;
import digitstream.settings.Topics;
import digitstream.testing.Await;
import digitstream.testing.Environment;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** Checks of the page's details in a browser: confusion matrix, mistakes, drawing, export, comparison. */
final class PageDetails {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int MAX_PICTURES = 24;
    private static final int COMPARED = 40;
    private static final By PICTURES = By.cssSelector("#mistakes img");

    private final PageBrowser page;
    private final ChromeDriver browser;
    private final Path downloads;

    /**
     * Creates the checks.
     *
     * @param downloads an empty or missing folder, for files that the page exports
     */
    PageDetails(PageBrowser page, Path downloads) {
        this.page = page;
        this.browser = page.driver();
        this.downloads = downloads;
    }

    /** A cell of the confusion matrix that has mistakes. */
    private record Cell(int actual, int predicted, int images) {
        String sentence() {
            return (images == 1 ? "1 image" : images + " images") + " of " + (actual == 8 ? "an " : "a ") + actual
                    + " predicted as " + predicted;
        }
    }

    private WebElement byId(String id) {
        return page.byId(id);
    }

    private String text(String id) {
        return page.text(id);
    }

    private void awaitText(String what, String id, Predicate<String> expected) throws Exception {
        page.awaitText(what, id, expected);
    }

    private void choose(String id, String value) {
        byId(id).findElement(By.cssSelector("option[value='" + value + "']")).click();
    }

    private void click(WebElement element) {
        page.click(element);
    }

    private double number(String expression, Object... arguments) {
        return page.number(expression, arguments);
    }

    /** The cell with the most mistakes. */
    private Cell mostMistakes() {
        return browser.findElements(By.cssSelector("#confusion td.mistake")).stream()
                .filter(cell -> !cell.getText().equals("·"))
                .map(cell -> new Cell(
                        Integer.parseInt(cell.getDomAttribute("data-actual")),
                        Integer.parseInt(cell.getDomAttribute("data-predicted")),
                        Integer.parseInt(cell.getText())))
                .max(Comparator.comparingInt(Cell::images))
                .orElseThrow();
    }

    /** By keyboard: the matrix is one tab stop, arrow keys move in it. */
    void opensThePicturesOfACellBesideTheMatrix() throws Exception {
        Cell cell = mostMistakes();
        WebElement first = browser.findElement(By.cssSelector("#confusion td[tabindex='0']"));
        assertThat(number("document.querySelectorAll('#confusion [tabindex=\"0\"], #confusion button').length"))
                .isEqualTo(1);
        browser.executeScript("arguments[0].scrollIntoView({block: 'center'})", byId("confusion"));
        browser.executeScript("arguments[0].focus()", first);
        new Actions(browser)
                .sendKeys(Keys.ARROW_DOWN.toString().repeat(cell.actual()))
                .sendKeys(Keys.ARROW_RIGHT.toString().repeat(cell.predicted()))
                .sendKeys(Keys.ENTER)
                .perform();
        awaitText("the sentence of the cell", "mistakes-what", cell.sentence()::equals);
        Await.until("the cell's pictures", TIMEOUT, () -> {
            List<WebElement> pictures = browser.findElements(PICTURES);
            return pictures.size() == Math.min(MAX_PICTURES, cell.images())
                    && "28".equals(pictures.get(0).getDomProperty("naturalWidth"));
        });
        WebElement selected = browser.switchTo().activeElement();
        assertThat(selected.getDomAttribute("data-predicted")).isEqualTo(Integer.toString(cell.predicted()));
        assertThat(selected.getDomAttribute("aria-selected")).isEqualTo("true");
        assertThat(number("document.querySelectorAll('#confusion [tabindex=\"0\"]').length"))
                .isEqualTo(1);
        assertThat(browser.findElements(By.cssSelector("#mistakes li")))
                .allSatisfy(picture -> assertThat(picture.getText())
                        .contains("actual " + cell.actual() + ", predicted " + cell.predicted()));
        // Beside it, and within the screen.
        WebElement picture = browser.findElement(PICTURES);
        assertThat(number("arguments[0].getBoundingClientRect().left", picture))
                .isGreaterThan(number("document.getElementById('confusion').getBoundingClientRect().right"));
        assertThat(number("arguments[0].getBoundingClientRect().top", picture)).isPositive();
        assertThat(number("arguments[0].getBoundingClientRect().bottom - innerHeight", picture))
                .isNegative();

        assertThat(query()).isEqualTo("?window=all&cell=" + cell.actual() + "-" + cell.predicted());

        selected.sendKeys(Keys.ESCAPE);
        awaitText("all digits", "mistakes-what", "Mistakes of all digits"::equals);
        assertThat(query()).isEqualTo("?window=all");
    }

    private String query() {
        return (String) page.script("return location.search");
    }

    /**
     * A link to a cell shows its pictures, and stays at the top of the page.
     *
     * @param link without the cell
     */
    void opensACellByLink(String link) throws Exception {
        Cell cell = mostMistakes();
        browser.get(link + "&cell=" + cell.actual() + "-" + cell.predicted());
        awaitText("the cell of the link", "mistakes-what", cell.sentence()::equals);
        Await.until(
                "the cell's pictures",
                TIMEOUT,
                () -> browser.findElements(PICTURES).size() == Math.min(MAX_PICTURES, cell.images()));
        assertThat(number("scrollY")).isZero();
        browser.executeScript("arguments[0].click()", byId("mistakes-all"));
        awaitText("all digits", "mistakes-what", "Mistakes of all digits"::equals);
    }

    /** On a phone, whose width the caller has set. */
    void opensThePicturesOfACellBelowTheMatrix() throws Exception {
        Cell cell = mostMistakes();
        WebElement target = browser.findElement(By.cssSelector(
                "#confusion td[data-actual='" + cell.actual() + "'][data-predicted='" + cell.predicted() + "']"));
        browser.executeScript("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", target);
        awaitText("the sentence of the cell", "mistakes-what", cell.sentence()::equals);
        Await.until("the pictures are on the screen", TIMEOUT, () -> {
            List<WebElement> pictures = browser.findElements(PICTURES);
            return !pictures.isEmpty()
                    && number("arguments[0].getBoundingClientRect().top - innerHeight", pictures.get(0)) < 0;
        });
        assertThat(number("arguments[0].getBoundingClientRect().top", byId("mistakes-what")))
                .isGreaterThan(number("document.getElementById('confusion').getBoundingClientRect().bottom"));
    }

    void ordersMistakesAndCopiesTheirIds() throws Exception {
        choose("mistakes-order", "confident");
        Await.until("the most confident mistakes first", TIMEOUT, () -> {
            List<Integer> percents = confidences();
            return percents.size() > 1
                    && percents.equals(
                            percents.stream().sorted(Comparator.reverseOrder()).toList());
        });
        choose("mistakes-order", "unsure");
        Await.until("the least confident mistakes first", TIMEOUT, () -> {
            List<Integer> percents = confidences();
            return percents.size() > 1
                    && percents.equals(percents.stream().sorted().toList());
        });
        List<String> ids = browser.findElements(By.cssSelector("#mistakes li")).stream()
                .map(item -> item.getDomAttribute("data-id"))
                .toList();
        // As on pages of other hosts without TLS.
        browser.executeScript("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})");
        click(byId("mistakes-copy"));
        awaitText("the ids are copied", "mistakes-copied", ("Copied " + ids.size() + " ids.")::equals);
        assertThat(pasted()).isEqualTo(String.join("\n", ids));
        click(browser.findElement(By.cssSelector("#mistakes .id")));
        awaitText("one id is copied", "mistakes-copied", ("Copied " + ids.get(0) + ".")::equals);
        assertThat(pasted()).isEqualTo(ids.get(0));
        choose("mistakes-order", "latest");
    }

    private List<Integer> confidences() {
        List<?> texts = (List<?>) browser.executeScript(
                "return [...document.querySelectorAll('#mistakes li')].map(item => item.innerText)");
        return texts.stream()
                .map(text -> Integer.parseInt(((String) text).replaceAll("(?s).*?(\\d+) % sure.*", "$1")))
                .toList();
    }

    private String pasted() {
        browser.executeScript("const field = document.createElement('textarea'); field.id = 'pasted';"
                + "document.body.append(field); field.focus()");
        WebElement field = byId("pasted");
        field.sendKeys(Keys.chord(Keys.CONTROL, "v"));
        String text = field.getDomProperty("value");
        browser.executeScript("arguments[0].remove()", field);
        return text;
    }

    void exportsWhatIsShown() throws Exception {
        Files.createDirectories(downloads);
        browser.executeCdpCommand(
                "Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", downloads.toString()));
        List<String> confusion =
                Files.readAllLines(export("CSV of: confusion matrix", "digitstream-confusion-", ".csv"));
        assertThat(confusion.get(0)).isEqualTo("actual \\ predicted,0,1,2,3,4,5,6,7,8,9");
        assertThat(confusion).hasSize(11);
        long images = confusion.stream()
                .skip(1)
                .flatMap(line -> Arrays.stream(line.split(",", -1)).skip(1))
                .mapToLong(Long::parseLong)
                .sum();
        assertThat(images).isEqualTo(3_000);
        List<String> digits = Files.readAllLines(export("CSV of: figures per digit", "digitstream-digits-", ".csv"));
        assertThat(digits.get(0)).isEqualTo("digit,labelled,precision,recall,f1");

        String chart = browser.findElement(By.id("accuracy-chart")).getDomAttribute("aria-label");
        List<String> accuracy = Files.readAllLines(export("CSV of: " + chart, "digitstream-accuracy-", ".csv"));
        assertThat(accuracy.get(0)).isEqualTo("time,accuracy,accuracy low,accuracy high");
        assertThat(accuracy).hasSizeGreaterThan(2);
        accuracy.stream().skip(1).forEach(line -> assertThat(Instant.parse(line.split(",", -1)[0]))
                .isBetween(Instant.now().minusSeconds(600), Instant.now()));
        for (String what : List.of("confusion matrix", chart, "calibration")) {
            Path png = export("PNG of: " + what, "digitstream-", ".png");
            BufferedImage picture = ImageIO.read(png.toFile());
            assertThat(picture.getWidth()).isGreaterThan(300);
            if (what.equals("calibration")) {
                assertThat(picture.getHeight())
                        .as("a square diagram, not a table")
                        .isEqualTo(picture.getWidth());
            }
            Files.delete(png);
        }
        assertThat(text("reliability")).contains("confidence, %", "accuracy, %");
        // Spreadsheets would run a model's name as a formula.
        assertThat(page.module(
                        "export.js",
                        "module.csv({columns: ['=a', '+b'], rows: [['@c', -0.5], ['-d', 'e,f']]}).split('\\r\\n')"))
                .isEqualTo(List.of("'=a,'+b", "'@c,-0.5", "'-d,\"e,f\"", ""));
    }

    /** Two versions may fail on one image, and a mistake that is gone leaves no picture behind. */
    void tellsMistakesOnOneImageApart() {
        Object shown = browser.executeAsyncScript(
                """
                const done = arguments[0];
                const texts = () => [...document.querySelectorAll('#mistakes .sure')].map(one => one.textContent);
                import('/mistakes.js').then(async ({showMistakes}) => {
                  const [mistake] = await (await fetch('api/mistakes')).json();
                  const both = ['m/1', 'm/2'].map(model => ({...mistake, model, confidence: 0.7}));
                  showMistakes(both, 2);
                  const first = texts();
                  showMistakes([{...both[1], confidence: 0.8}], 2);
                  done([first, texts()]);
                });
                """);
        assertThat(shown).isEqualTo(List.of(List.of("70 % sure", "70 % sure"), List.of("80 % sure")));
    }

    /** Exports, and returns the downloaded file. */
    private Path export(String button, String prefix, String suffix) throws Exception {
        WebElement found = browser.findElements(By.cssSelector(".export button")).stream()
                .filter(one -> button.equals(one.getDomAttribute("aria-label")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no button " + button));
        browser.executeScript("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", found);
        Await.until(button, TIMEOUT, () -> downloaded(prefix, suffix).isPresent());
        return downloaded(prefix, suffix).orElseThrow();
    }

    private Optional<Path> downloaded(String prefix, String suffix) throws Exception {
        try (Stream<Path> files = Files.list(downloads)) {
            return files.filter(file -> file.getFileName().toString().matches(prefix + ".*\\d{8}T\\d{6}Z\\" + suffix))
                    .findFirst();
        }
    }

    void drawsADigitAndRetractsItsLabel() throws Exception {
        WebElement canvas = byId("canvas");
        browser.executeScript("arguments[0].scrollIntoView({block: 'center'})", canvas);
        Actions stroke = new Actions(browser).moveToElement(canvas, 0, -70).clickAndHold();
        for (int i = 0; i < 14; i++) {
            stroke = stroke.moveByOffset(0, 10);
        }
        stroke.release().perform();
        byId("send").click();
        awaitText("the drawn digit's prediction", "answer", text -> text.startsWith("Predicted: 1,"));
        assertThat(text("answer")).contains("committed and read back after");
        WebElement seen = byId("seen");
        Await.until("what the model saw", TIMEOUT, () -> "28".equals(seen.getDomProperty("naturalWidth")));
        assertThat(number("arguments[0].clientWidth", seen)).isGreaterThan(200);

        choose("truth", "7");
        click(byId("wrong"));
        awaitText(
                "the wrong label", "answer", "Labelled as 7. Drawn digits do not count towards the accuracy."::equals);
        Await.until("the drawn mistake", TIMEOUT, () -> drawnMistake().startsWith("actual 7, predicted 1"));
        assertThat(drawnAt("api/mistakes")).isEqualTo(1);
        assertThat(drawnAt("api/mistakes/7/1")).as("not counted in the cell").isZero();
        choose("truth", "8");
        click(byId("wrong"));
        awaitText("the corrected label", "answer", text -> text.startsWith("Labelled as 8."));
        Await.until("the text of the correction", TIMEOUT, () -> drawnMistake().startsWith("actual 8, predicted 1"));
        click(byId("undo"));
        awaitText("the label before", "answer", "Labelled as 7 again."::equals);
        click(byId("undo"));
        awaitText("the label is retracted", "answer", "The label is retracted."::equals);
        assertThat(byId("undo").isDisplayed()).isFalse();
        Await.until(
                "no drawn mistake", TIMEOUT, () -> !byId("mistakes").getText().contains("drawn"));
        click(byId("right"));
        awaitText("the right label", "answer", text -> text.startsWith("Labelled as 1."));
        forgetsALabelThatIsUnderWayWhenTheDrawingIsCleared();
    }

    /** The text beside the picture of the drawn digit; empty if there is none. */
    private String drawnMistake() {
        return (String)
                page.script("return [...document.querySelectorAll('#mistakes li')].map(item => item.innerText.trim())"
                        + ".find(text => text.includes('drawn')) ?? ''");
    }

    /** The number of drawn digits in an answer. */
    private long drawnAt(String path) {
        return (Long) browser.executeAsyncScript(
                "fetch(arguments[0]).then(answer => answer.json()).then(all => arguments[1](all.filter(one => one.drawn).length))",
                path);
    }

    private void forgetsALabelThatIsUnderWayWhenTheDrawingIsCleared() {
        Object shown = browser.executeAsyncScript(
                """
                const done = arguments[0];
                const byId = id => document.getElementById(id);
                const before = window.fetch;
                window.fetch = (...request) => before(...request).finally(() => setTimeout(() => {
                  window.fetch = before;
                  done([byId('verdict').hidden, byId('undo').hidden, byId('seen').hidden, byId('answer').textContent]);
                }, 200));
                byId('wrong').click();
                byId('clear').click();
                """);
        assertThat(shown).isEqualTo(List.of(true, true, true, "The drawing goes through Kafka like any other image."));
        page.script("document.getElementById('right').click()");
        assertThat(page.errors()).isEmpty();
    }

    /** Lets another version be right in three of four images. */
    void comparesTwoVersions(Environment environment, Topics topics) throws Exception {
        assertThat(byId("compare").isDisplayed()).isFalse();
        AvroSerializer<Prediction> predictions = new AvroSerializer<>(environment.schemas(), Prediction.class);
        AvroSerializer<DigitLabel> labels = new AvroSerializer<>(environment.schemas(), DigitLabel.class);
        try (Producer<byte[], byte[]> producer = environment.producer()) {
            for (int i = 0; i < COMPARED; i++) {
                String id = "other-" + i;
                Prediction prediction = MistakesTest.prediction(id, i % 4 == 0 ? 9 : 4, 0.1f, Instant.now());
                prediction.setModelName("lenet");
                prediction.setModelVersion("other");
                producer.send(new ProducerRecord<>(
                        topics.predictions(),
                        id.getBytes(UTF_8),
                        predictions.serialize(topics.predictions(), prediction)));
                producer.send(new ProducerRecord<>(
                        topics.labels(),
                        id.getBytes(UTF_8),
                        labels.serialize(topics.labels(), new DigitLabel(id, 4, Instant.now()))));
            }
            Prediction third = MistakesTest.prediction("third", 4, 0.1f, Instant.now());
            third.setModelName("lenet");
            third.setModelVersion("third");
            producer.send(new ProducerRecord<>(
                    topics.predictions(), "third".getBytes(UTF_8), predictions.serialize(topics.predictions(), third)));
        }
        Await.until(
                "three versions",
                TIMEOUT,
                () -> byId("compare-second").findElements(By.tagName("option")).size() == 2);
        choose("compare-second", "lenet/other");
        assertThat(query()).contains("&compare=lenet/other");
        awaitText(
                "the other version's accuracy",
                "compare-figures",
                text -> text.contains("75.00 % (") && text.contains("Coverage") && text.contains("100.00 %"));
        assertThat(text("compare-first")).isEqualTo("lenet/test");
        assertThat(text("compare-verdict")).startsWith("other is less accurate than test: −");
        // F1 of the 4: 2 * 30 / (2 * 30 + 10), precision 1.
        assertThat(text("compare-figures")).contains("F1 of 4").contains("85.71 %");
        WebElement mistaken =
                browser.findElement(By.cssSelector("#compare-confusion tbody tr:nth-child(5) td:nth-child(11)"));
        assertThat(mistaken.getText()).startsWith("+2");
        assertThat(mistaken.getDomAttribute("class")).isEqualTo("worse");
    }
}
