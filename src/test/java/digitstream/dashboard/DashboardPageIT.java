package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import digitstream.accuracy.WilsonInterval;
import digitstream.avro.Prediction;
import digitstream.client.ProducePlan;
import digitstream.client.TopicAdmin;
import digitstream.dashboard.access.Access;
import digitstream.serde.AvroSerializer;
import digitstream.settings.Topics;
import digitstream.testing.Await;
import digitstream.testing.Environment;
import digitstream.testing.Programs;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The page in a real browser, on a running pipeline. Skipped without Chromium. */
@ExtendWith(Environment.Extension.class)
class DashboardPageIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long MIN_OUTAGE_MILLIS = 12_000;

    @TempDir
    private Path folder;

    private WatchedPipeline pipeline;
    private ChromeDriver browser;

    @BeforeEach
    void openPage(Environment environment) throws Exception {
        Optional<Path> chromium = Programs.find("chromium", "chromium-browser", "google-chrome");
        Optional<Path> driver = Programs.find("chromedriver");
        assumeTrue(
                chromium.isPresent() && driver.isPresent(),
                "chromium or chromedriver is not on the PATH; the page is not tested in a browser");
        pipeline = WatchedPipeline.start(environment, folder);

        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get().toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder.resolve("browser"));
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.get().toFile())
                        .build(),
                options);
        browser.manage().window().setSize(new Dimension(1400, 1000));
        // The tests count all images, also those of more than a minute ago.
        browser.get(pipeline.dashboard().url() + "?window=all");
    }

    private FirstScreen firstScreen() {
        return new FirstScreen(browser, pipeline.dashboard().url());
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.quit();
        }
        if (pipeline != null) {
            pipeline.close();
        }
    }

    private void produce(Environment environment, int images, String idPrefix) {
        environment.produce(
                pipeline.settings(), new ProducePlan(true, true, 1_000, images, Duration.ofMillis(300), 1, idPrefix));
    }

    private WebElement byId(String id) {
        return browser.findElement(By.id(id));
    }

    private String text(String id) {
        return byId(id).getText();
    }

    /** Waits until the text of an element matches; a failure reports the actual text. */
    private void awaitText(String what, String id, Predicate<String> expected) throws Exception {
        try {
            Await.until(what, TIMEOUT, () -> expected.test(text(id)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the text of #" + id + " is: " + text(id), e);
        }
    }

    private void awaitStatus(String beginning) throws Exception {
        awaitText("the status \"" + beginning + "\"", "status", text -> text.startsWith(beginning));
    }

    /** The cells of the confusion matrix, row by row. */
    private long[] confusion() {
        List<?> cells = (List<?>) browser.executeScript("return [...document.querySelectorAll('#confusion td')]"
                + ".map(cell => cell.textContent === '·' ? 0 : Number(cell.textContent.replaceAll(',', '')))");
        return cells.stream().mapToLong(cell -> ((Number) cell).longValue()).toArray();
    }

    @Test
    void showsARunningPipeline(Environment environment) throws Exception {
        awaitStatus("live; no predictions yet");
        FirstScreen firstScreen = firstScreen();
        firstScreen.namesTheNextCommand(
                environment.clients().get("bootstrap.servers"),
                pipeline.settings().topics().images());

        produce(environment, 1_000, "a-");
        awaitText("the accuracy of the first images", "accuracy-note", text -> text.contains(" 1,000 of 1,000 "));
        assertThat(byId("empty").isDisplayed()).isFalse();
        String before = text("tile-coverage");
        assertThat(text("status")).startsWith("live");
        produce(environment, 2_000, "b-");
        awaitText("the accuracy of all images", "accuracy-note", text -> text.contains(" 3,000 of 3,000 "));
        assertThat(text("tile-coverage")).isNotEqualTo(before);
        assertThat(text("model")).isEqualTo("lenet test");

        long[] oracle = pipeline.confusion(environment);
        Await.until("the confusion matrix matches the oracle", TIMEOUT, () -> Arrays.equals(confusion(), oracle));

        // The estimate before labels, and drift against the validation images in the model card.
        assertThat(text("mix-tiles")).contains("Estimated accuracy").doesNotContain("–");
        assertThat(text("estimate")).contains("validation images");
        PageDetails details = new PageDetails(browser, folder.resolve("downloads"));
        details.opensThePicturesOfACellBesideTheMatrix();
        details.ordersMistakesAndCopiesTheirIds();
        details.exportsWhatIsShown();
        details.drawsADigitAndRetractsItsLabel();
        drawAOneByKeyboard();
        checkAccuracyAxis();
        // The ten probabilities can be read without a tooltip.
        assertThat(byId("probabilities").findElements(By.tagName("small")))
                .hasSize(10)
                .allSatisfy(above -> assertThat(above.getText()).endsWith(" %"));
        firstScreen.tells("A serving process started with lenet/test");
        firstScreen.tells("All is well");
        firstScreen.fits();
        firstScreen.explainsItsTerms();
        firstScreen.breaksLinesAtGaps();
        firstScreen.respectsReducedMotion();
        firstScreen.keepsChoicesInTheLink();
        firstScreen.zoomsAllChartsTogether();
        firstScreen.paintsAtOnce();
        assertNoBrowserErrorsOrForeignRequests();
        browser.get(pipeline.dashboard().url() + "?window=all&version=lenet/test");
        awaitText("the accuracy again", "accuracy-note", text -> text.contains(" 3,000 of 3,000 "));
        details.comparesTwoVersions(environment, pipeline.settings().topics());
        // The label of the drawn digit is not counted.
        assertThat(text("accuracy-note")).contains(" 3,000 of 3,000 ");
        checkAccessibility();
        fitsOnAPhone();
        details.opensThePicturesOfACellBelowTheMatrix();
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
        List<?> ends = (List<?>) browser.executeAsyncScript(
                "import('/axis.js').then(axis => arguments[1](axis.axisOf(arguments[0])))", intervals);
        return ends.stream().map(end -> ((Number) end).doubleValue()).toList();
    }

    private void fitsOnAPhone() throws Exception {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
        // Charts are resized when the browser notifies them.
        Await.until("the page fits the width of the screen", TIMEOUT, () ->
                (Boolean) browser.executeScript("return document.documentElement.scrollWidth <= innerWidth"));
        checkAccessibility();
    }

    private void drawAOneByKeyboard() throws Exception {
        WebElement canvas = byId("canvas");
        byId("clear").click();
        browser.executeScript("arguments[0].focus()", canvas);
        new Actions(browser)
                .sendKeys(Keys.ARROW_UP.toString().repeat(9), " ")
                .sendKeys(Keys.ARROW_DOWN.toString().repeat(18), " ", Keys.ENTER)
                .perform();
        awaitText("the prediction of the digit drawn by keyboard", "answer", text -> text.startsWith("Predicted: 1,"));
    }

    private void checkAccessibility() throws Exception {
        try (InputStream axe =
                getClass().getResourceAsStream("/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
            browser.executeScript(new String(axe.readAllBytes(), UTF_8));
        }
        browser.manage().timeouts().scriptTimeout(Duration.ofSeconds(30));
        for (String theme : List.of("light", "dark")) {
            browser.executeScript("document.documentElement.dataset.theme = arguments[0]", theme);
            List<?> violations = (List<?>) browser.executeAsyncScript("const done = arguments[arguments.length - 1];"
                    + "axe.run().then(found => done(found.violations.map(one => one.id + ': '"
                    + " + one.nodes.map(node => node.html + ' ' + node.failureSummary).join('; '))))");
            assertThat(violations).as(theme).isEmpty();
        }
    }

    private void assertNoBrowserErrorsOrForeignRequests() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .extracting(LogEntry::toString)
                .isEmpty();
        String origin = pipeline.dashboard().url();
        List<?> requested = (List<?>)
                browser.executeScript("return performance.getEntriesByType('resource').map(entry => entry.name)");
        assertThat(requested).isNotEmpty().allSatisfy(url -> assertThat((String) url)
                .startsWith(origin));
    }

    @Test
    void showsWhatIsUnavailableAndRecovers(Environment environment) throws Exception {
        produce(environment, 500, "b-");
        awaitText("the first images", "accuracy-note", text -> text.contains(" 500 of 500 "));

        int port = URI.create(pipeline.dashboard().url()).getPort();
        pipeline.dashboard().close();
        awaitStatus("no response from the dashboard's server");
        assertThat(byId("status").getDomAttribute("class")).isEqualTo("stale");
        assertThat(text("verdict-text")).isEqualTo("The verdict is not known");
        checkAccessibility();
        pipeline.restartDashboard(environment, port);
        awaitStatus("live");
        assertThat(text("accuracy-note")).contains(" 500 of 500 ");

        long away = System.currentTimeMillis();
        environment.cluster().broker().close();
        awaitStatus("Kafka has not responded since");
        awaitText("the verdict", "verdict-text", "The Kafka brokers do not respond"::equals);
        firstScreen().marksTheTile("rate", "critical", "✕", "Critical");
        firstScreen().marksTheTile("dead", "ok", "✓", "OK");
        assertThat(byId("verdict-now").getDomAttribute("class")).isEqualTo("critical");
        assertThat(text("verdict-level")).isEqualTo("Critical");
        assertThat(browser.getTitle()).isEqualTo("✕ The Kafka brokers do not respond – digitstream");
        assertThat(byId("icon").getDomProperty("href")).endsWith("/icon-critical.svg");
        checkAccessibility();
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
        awaitStatus("live");
        produce(environment, 500, "c-");
        awaitText("the next images", "accuracy-note", text -> text.contains(" 1,000 of 1,000 "));
        firstScreen().tells("Kafka did not respond for ");
        firstScreen().tells("The Kafka brokers do not respond");
        Await.until("gaps in all charts", TIMEOUT, () -> firstScreen()
                .unbrokenAt(during)
                .isEmpty());

        pipeline.stopServing();
        try (PredictionStream unscored =
                new PredictionStream(environment, pipeline.settings().topics())) {
            unscored.start();
            awaitStatus("live; no accuracy published since");
        }
        awaitStatus("live; no predictions since");
        assertThat(text("tile-accuracy")).contains("as of");
    }

    @Test
    void reconnectsWhenItsConnectionIsOpenButSilent() throws Exception {
        try (TcpRelay relay =
                new TcpRelay(URI.create(pipeline.dashboard().url()).getPort())) {
            browser.get("http://127.0.0.1:" + relay.port());
            awaitStatus("live; no predictions yet");
            relay.silence();
            awaitStatus("no response from the dashboard's server");
            awaitStatus("live");
        }
    }

    @Test
    void worksBelowAPathAndHidesTheDrawingWhereItIsReadOnly(Environment environment) throws Exception {
        Access readOnly = new Access(Set.of(), "/kept/digits", true, null, false);
        try (Dashboard below = pipeline.startDashboard(environment, 0, readOnly);
                NginxProxy nginx = NginxProxy.start(
                        folder,
                        "location /stripped/ { proxy_set_header Host $http_host; proxy_pass "
                                + pipeline.dashboard().url() + "; }")) {
            browser.get(below.url());
            awaitStatus("live; no predictions yet");
            assertThat(text("read-only")).startsWith("This dashboard is read-only");
            assertThat(byId("canvas").isDisplayed()).isFalse();
            checkAccessibility();

            browser.get(nginx.url() + "stripped/");
            awaitStatus("live; no predictions yet");
            assertThat(byId("read-only").isDisplayed()).isFalse();
            drawAOneByKeyboard();
            List<?> requested = (List<?>)
                    browser.executeScript("return performance.getEntriesByType('resource').map(entry => entry.name)");
            assertThat(requested).hasSizeGreaterThan(10).allSatisfy(url -> assertThat((String) url)
                    .startsWith(nginx.url() + "stripped/"));
        }
    }

    /** A stream of predictions that are not scored. */
    private static final class PredictionStream implements AutoCloseable {
        private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        private final Producer<byte[], byte[]> producer;
        private final AvroSerializer<Prediction> serializer;
        private final Topics topics;

        PredictionStream(Environment environment, Topics topics) {
            this.producer = environment.producer();
            this.serializer = new AvroSerializer<>(environment.schemas(), Prediction.class);
            this.topics = topics;
        }

        void start() {
            clock.scheduleAtFixedRate(
                    () -> producer.send(new ProducerRecord<>(
                            topics.predictions(),
                            "s".getBytes(UTF_8),
                            serializer.serialize(
                                    topics.predictions(), MistakesTest.prediction("s", 1, 1f, Instant.now())))),
                    0,
                    1,
                    TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            clock.shutdownNow();
            producer.close();
        }
    }
}
