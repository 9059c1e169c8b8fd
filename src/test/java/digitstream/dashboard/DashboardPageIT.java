package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.WilsonInterval;
import digitstream.client.ProducePlan;
import digitstream.client.TopicAdmin;
import digitstream.dashboard.access.Access;
import digitstream.testing.Await;
import digitstream.testing.Environment;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/**
 * The page in a real browser, on a running pipeline. Skipped without Chromium. The tests share both, because each takes seconds to
 * start; the first one needs a pipeline without images, and the last one stops servers.
 */
@ExtendWith(Environment.Extension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardPageIT {
    private static final Duration TIMEOUT = PageBrowser.TIMEOUT;
    private static final long MIN_OUTAGE_MILLIS = 12_000;
    private static final Pattern LABELLED = Pattern.compile(" ([\\d,]+) of [\\d,]+ predictions have a label");

    @TempDir
    private static Path folder;

    private static WatchedPipeline pipeline;
    private static PageBrowser page;

    @BeforeAll
    static void start(Environment environment) throws Exception {
        page = PageBrowser.start(folder);
        pipeline = WatchedPipeline.start(environment, folder);
    }

    @AfterAll
    static void close() {
        if (page != null) {
            page.close();
        }
        if (pipeline != null) {
            pipeline.close();
        }
    }

    private static FirstScreen firstScreen() {
        return new FirstScreen(page, pipeline.dashboard().url());
    }

    private static void produce(Environment environment, int images, String idPrefix) {
        environment.produce(
                pipeline.settings(), new ProducePlan(true, true, 1_000, images, Duration.ofMillis(300), 1, idPrefix));
    }

    /** The cells of the confusion matrix, row by row. */
    private static long[] confusion() {
        List<?> cells = (List<?>) page.script("return [...document.querySelectorAll('#confusion td')]"
                + ".map(cell => cell.textContent === '·' ? 0 : Number(cell.textContent.replaceAll(',', '')))");
        return cells.stream().mapToLong(cell -> ((Number) cell).longValue()).toArray();
    }

    @Test
    @Order(1)
    void showsARunningPipeline(Environment environment) throws Exception {
        // The tests count all images, also those of more than a minute ago.
        page.open(pipeline.dashboard().url() + "?window=all");
        page.awaitStatus("live; no predictions yet");
        FirstScreen firstScreen = firstScreen();
        firstScreen.namesTheNextCommand(
                environment.clients().get("bootstrap.servers"),
                pipeline.settings().topics());

        produce(environment, 1_000, "a-");
        page.awaitText("the accuracy of the first images", "accuracy-note", text -> text.contains(" 1,000 of 1,000 "));
        assertThat(page.byId("empty").isDisplayed()).isFalse();
        String before = page.text("tile-coverage");
        assertThat(page.text("status")).startsWith("live");
        produce(environment, 2_000, "b-");
        page.awaitText("the accuracy of all images", "accuracy-note", text -> text.contains(" 3,000 of 3,000 "));
        assertThat(page.text("tile-coverage")).isNotEqualTo(before);
        assertThat(page.text("model")).isEqualTo("lenet test");

        long[] oracle = pipeline.confusion(environment);
        Await.until("the confusion matrix matches the oracle", TIMEOUT, () -> Arrays.equals(confusion(), oracle));

        // The estimate before labels, and drift against the validation images in the model card.
        assertThat(page.text("mix-tiles")).contains("Estimated accuracy").doesNotContain("–");
        assertThat(page.text("estimate")).contains("validation images");
        PageDetails details = new PageDetails(page, folder.resolve("downloads"));
        details.opensThePicturesOfACellBesideTheMatrix();
        details.ordersMistakesAndCopiesTheirIds();
        details.exportsWhatIsShown();
        details.tellsMistakesOnOneImageApart();
        details.drawsADigitAndRetractsItsLabel();
        drawAOneByKeyboard();
        checkAccuracyAxis();
        // The ten probabilities can be read without a tooltip.
        assertThat(page.byId("probabilities").findElements(By.tagName("small")))
                .hasSize(10)
                .allSatisfy(above -> assertThat(above.getText()).endsWith(" %"));
        firstScreen.tells("The champion is lenet/test");
        firstScreen.tells("All is well");
        firstScreen.fits();
        firstScreen.explainsItsTerms();
        firstScreen.breaksLinesAtGaps();
        firstScreen.respectsReducedMotion();
        firstScreen.survivesAnyTime();
        firstScreen.survivesAnyLink();
        firstScreen.keepsChoicesInTheLink();
        firstScreen.zoomsAllChartsTogether();
        firstScreen.paintsAtOnce();
        assertThat(page.errors()).isEmpty();
        assertNoForeignRequests();
        page.open(pipeline.dashboard().url() + "?window=all&version=lenet/test");
        page.awaitText("the accuracy again", "accuracy-note", text -> text.contains(" 3,000 of 3,000 "));
        details.opensACellByLink(pipeline.dashboard().url() + "?window=all&version=lenet/test");
        details.comparesTwoVersions(environment, pipeline.settings().topics());
        // The label of the drawn digit is not counted.
        assertThat(page.text("accuracy-note")).contains(" 3,000 of 3,000 ");
        page.checkAccessibility();
        fitsOnAPhone();
        details.opensThePicturesOfACellBelowTheMatrix();
        page.driver().executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        // By now, no image has come for long enough.
        page.awaitStatus("live; no predictions since");
        page.awaitText("an old accuracy", "tile-accuracy", text -> text.contains("as of"));
        page.awaitNoMark("accuracy");
    }

    /** The accuracy axis zooms in on typical figures and includes a collapse, but not the interval of a few first images. */
    private void checkAccuracyAxis() {
        List<Map<String, Double>> since = IntStream.rangeClosed(1, 1_000)
                .mapToObj(i -> interval(495L * i, 500L * i))
                .toList();
        assertThat(axis(since)).satisfies(ends -> assertThat(ends.get(0)).isBetween(0.98, 0.99));

        List<Map<String, Double>> minutes = new ArrayList<>(Collections.nCopies(1_000, interval(29_700, 30_000)));
        minutes.add(0, interval(0, 1));
        assertThat(axis(minutes)).satisfies(ends -> assertThat(ends.get(0)).isBetween(0.98, 0.99));
        minutes.addAll(Collections.nCopies(5, interval(15_000, 30_000)));
        assertThat(axis(minutes)).satisfies(ends -> assertThat(ends.get(0)).isBetween(0.48, 0.50));
        assertThat(axis(minutes)).satisfies(ends -> assertThat(ends.get(1)).isBetween(0.99, 1.0));

        // A collapse with few images.
        List<Map<String, Double>> trickle = new ArrayList<>(Collections.nCopies(1_000, interval(29_700, 30_000)));
        trickle.add(interval(40, 100));
        assertThat(axis(trickle)).satisfies(ends -> assertThat(ends.get(0)).isBetween(0.30, 0.32));
    }

    private static Map<String, Double> interval(long correct, long images) {
        WilsonInterval interval = WilsonInterval.of(correct, images);
        return Map.of("accuracy", (double) correct / images, "low", interval.low(), "high", interval.high());
    }

    private List<Double> axis(List<Map<String, Double>> intervals) {
        List<?> ends = (List<?>) page.driver()
                .executeAsyncScript(
                        "import('/axis.js').then(axis => arguments[1](axis.axisOf(arguments[0])))", intervals);
        return ends.stream().map(end -> ((Number) end).doubleValue()).toList();
    }

    private static void fitsOnAPhone() throws Exception {
        page.driver()
                .executeCdpCommand(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
        // Charts are resized when the browser notifies them.
        Await.until("the page fits the width of the screen", TIMEOUT, () ->
                (Boolean) page.script("return document.documentElement.scrollWidth <= innerWidth"));
        page.checkAccessibility();
    }

    private static void drawAOneByKeyboard() throws Exception {
        WebElement canvas = page.byId("canvas");
        page.byId("clear").click();
        page.script("arguments[0].focus()", canvas);
        new Actions(page.driver())
                .sendKeys(Keys.ARROW_UP.toString().repeat(9), " ")
                .sendKeys(Keys.ARROW_DOWN.toString().repeat(18), " ", Keys.ENTER)
                .perform();
        page.awaitText(
                "the prediction of the digit drawn by keyboard", "answer", text -> text.startsWith("Predicted: 1,"));
    }

    private static List<?> requests() {
        return (List<?>) page.script("return performance.getEntriesByType('resource').map(entry => entry.name)");
    }

    private static void assertNoForeignRequests() {
        String origin = pipeline.dashboard().url();
        assertThat(requests()).isNotEmpty().allSatisfy(url -> assertThat((String) url)
                .startsWith(origin));
    }

    @Test
    @Order(2)
    void worksBelowAPathAndHidesTheDrawingWhereItIsReadOnly(Environment environment) throws Exception {
        Access readOnly = new Access(Set.of(), "/kept/digits", true, null, false);
        try (Dashboard below = pipeline.startDashboard(environment, 0, readOnly);
                NginxProxy nginx = NginxProxy.start(
                        folder,
                        "location /stripped/ { proxy_set_header Host $http_host; proxy_pass "
                                + pipeline.dashboard().url() + "; }")) {
            page.open(below.url());
            page.awaitStatus("live");
            assertThat(page.text("read-only")).startsWith("This dashboard is read-only");
            assertThat(page.byId("canvas").isDisplayed()).isFalse();
            page.checkAccessibility();

            page.open(nginx.url() + "stripped/");
            page.awaitStatus("live");
            assertThat(page.byId("read-only").isDisplayed()).isFalse();
            drawAOneByKeyboard();
            assertThat(requests()).hasSizeGreaterThan(10).allSatisfy(url -> assertThat((String) url)
                    .startsWith(nginx.url() + "stripped/"));
        }
    }

    /** Images of the shown version that have a label; 0 before the first. */
    private static long labelled() {
        Matcher found = LABELLED.matcher(page.text("accuracy-note"));
        return found.find() ? Long.parseLong(found.group(1).replace(",", "")) : 0;
    }

    private static void awaitLabelled(long images) throws Exception {
        try {
            Await.until(images + " labelled images", TIMEOUT, () -> labelled() == images);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; there are " + labelled(), e);
        }
    }

    @Test
    @Order(3)
    void showsWhatIsUnavailableAndRecovers(Environment environment) throws Exception {
        int port = URI.create(pipeline.dashboard().url()).getPort();
        try (TcpRelay relay = new TcpRelay(port)) {
            page.open("http://127.0.0.1:" + relay.port() + "?window=all&version=lenet/test");
            page.awaitStatus("live");
            long before = labelled();
            produce(environment, 500, "d-");
            awaitLabelled(before + 500);

            pipeline.dashboard().close();
            page.awaitStatus("no response from the dashboard's server");
            assertThat(page.byId("status").getDomAttribute("class")).isEqualTo("stale");
            assertThat(page.text("verdict-text")).isEqualTo("The verdict is not known");
            page.checkAccessibility();
            pipeline.restartDashboard(environment, port);
            page.awaitStatus("live");
            awaitLabelled(before + 500);

            long away = System.currentTimeMillis();
            environment.cluster().broker().close();
            page.awaitStatus("Kafka has not responded since");
            page.awaitText("the verdict", "verdict-text", "The Kafka brokers do not respond"::equals);
            page.awaitTile("rate", "critical", "✕", "Critical");
            page.awaitNoMark("dead");
            assertThat(page.driver().getTitle()).isEqualTo("✕ The Kafka brokers do not respond – digitstream");
            page.checkAccessibility();
            firstScreen().tells("Kafka does not respond");

            // The connection is open but silent, and what it said last is no longer known to hold.
            relay.silence();
            page.awaitStatus("no response from the dashboard's server");
            assertThat(page.text("verdict-text")).isEqualTo("The verdict is not known");
            page.awaitStatus("Kafka has not responded since");

            // Long enough to be a gap.
            Thread.sleep(Math.max(0, away + MIN_OUTAGE_MILLIS - System.currentTimeMillis()));
            long during = System.currentTimeMillis() - 1_000;
            environment.cluster().broker().start();
            try (Admin admin = environment.admin()) {
                // Creates no topic again, but waits for the leaders.
                new TopicAdmin(
                                admin,
                                pipeline.settings().topics(),
                                pipeline.settings().layout())
                        .create();
            }
            page.awaitStatus("live");
            produce(environment, 500, "e-");
            awaitLabelled(before + 1_000);
            firstScreen().tells("Kafka did not respond for ");
            firstScreen().tells("The Kafka brokers do not respond");
            Await.until("gaps in all charts", TIMEOUT, () -> firstScreen()
                    .unbrokenAt(during)
                    .isEmpty());
        }
    }
}
