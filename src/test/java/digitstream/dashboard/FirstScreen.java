package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.settings.Topics;
import digitstream.testing.Await;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.PointerInput;
import org.openqa.selenium.interactions.Sequence;

/** What the page promises about its first screen, charts, link, terms and events, checked in a browser that shows a page. */
final class FirstScreen {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final double FIRST_PAINT_MILLIS = 300;
    private static final int LOADS = 5;
    private static final List<String> TILES = List.of("accuracy", "estimate", "rate", "p99", "lag", "coverage", "dead");

    private final PageBrowser page;
    private final ChromeDriver browser;
    private final String url;

    FirstScreen(PageBrowser page, String url) {
        this.page = page;
        this.browser = page.driver();
        this.url = url;
    }

    private WebElement byId(String id) {
        return page.byId(id);
    }

    private Object script(String script, Object... arguments) {
        return page.script(script, arguments);
    }

    private Object module(String module, String expression) {
        return page.module(module, expression);
    }

    private String query() {
        return (String) script("return location.search");
    }

    private void screen(int width, int height) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    private double bottom(String id) {
        return ((Number) script("return arguments[0].getBoundingClientRect().bottom", byId(id))).doubleValue();
    }

    /** Without images, the page names the command that produces some, and the one that classifies them. */
    void namesTheNextCommand(String brokers, Topics topics) throws Exception {
        Await.until("the next command", TIMEOUT, () -> byId("empty").isDisplayed());
        assertThat(byId("empty-topic").getText()).isEqualTo(topics.images());
        assertThat(byId("empty-command").getText())
                .startsWith(
                        "./scripts/digitstream produce both --bootstrap-server " + brokers + " --schema-registry http")
                .contains(" --property topic.images=" + topics.images());
        assertThat(byId("empty-serve").getText())
                .startsWith("./scripts/digitstream serve --bootstrap-server " + brokers + " --schema-registry http")
                .contains(" --property topic.predictions=" + topics.predictions());
    }

    /** The verdict, all figures and accuracy over time are seen without scrolling, on a desktop and on a phone. */
    void fits() throws Exception {
        script("scrollTo(0, 0)");
        screen(1440, 900);
        Await.until("the chart fits its width", TIMEOUT, () -> bottom("accuracy-chart") <= 900);
        for (String tile : TILES) {
            assertThat(byId("tile-" + tile).isDisplayed()).as(tile).isTrue();
        }
        for (String tile : List.of("accuracy", "rate", "lag", "coverage", "dead")) {
            assertThat(byId("tile-" + tile).findElement(By.tagName("b")).getText())
                    .as(tile)
                    .matches("[0-9].*");
        }
        screen(390, 844);
        Await.until("the page fits a phone", TIMEOUT, () ->
                (Boolean) script("return document.documentElement.scrollWidth <= innerWidth"));
        assertThat(bottom("tiles")).isLessThan(844);
        assertThat(((Number) script("return arguments[0].getBoundingClientRect().top", byId("accuracy-chart")))
                        .doubleValue())
                .isLessThan(844);
        screen(1440, 900);
    }

    /** Figures are of the last minute unless one chooses; the choice is in the URL. */
    void keepsChoicesInTheLink() throws Exception {
        open("");
        assertThat(pressed("windows")).isEqualTo("1 min");
        assertThat(pressed("spans")).isEqualTo("10 min");
        assertThat(query()).isEmpty();
        choose("windows", "10 min");
        choose("spans", "1 h");
        assertThat(query()).isEqualTo("?window=10m&span=3600");
        assertThat(byId("accuracy-note").getText()).startsWith("Last 10 min:");
        // The estimate is of the same window as the measurement, or not shown.
        assertThat(byId("tile-estimate").getText()).contains("%");
        choose("windows", "Since the start");
        assertThat(byId("tile-estimate").getText()).contains("–", "not kept for so long");
        assertThat(byId("tile-accuracy").getText()).contains("%");
        // The verdict is about the last minute.
        page.awaitNoMark("accuracy");
        page.awaitNoMark("estimate");
        choose("windows", "10 min");
        open(query());
        assertThat(pressed("windows")).isEqualTo("10 min");
        assertThat(pressed("spans")).isEqualTo("1 h");
    }

    /** A link that nobody could have copied from this page shows what the page shows without it. */
    void survivesAnyLink() throws Exception {
        open("?span=Infinity&window=__proto__&version=constructor&compare=%00&cell=99-1&from=-9&to=%2B275760-09-13");
        assertThat(pressed("windows")).isEqualTo("1 min");
        assertThat(pressed("spans")).isEqualTo("10 min");
        assertThat(page.text("mistakes-what")).isEqualTo("Mistakes of all digits");
        for (String span : List.of("1e300", "0.001")) {
            open("?span=" + span);
            assertThat(pressed("spans")).isEqualTo("10 min");
        }
        page.awaitStatus("live");
        assertThat(page.errors()).isEmpty();
    }

    /** Producers may write any number as a time. */
    void survivesAnyTime() {
        assertThat(module("page.js", "[1e300, -1e300, NaN, 9223372036854775807].map(module.clock)"))
                .isEqualTo(Collections.nCopies(4, "an unknown time"));
        assertThat(module(
                        "events.js",
                        "[9223372036854775807, -9223372036854775808].forEach((at, i) => module.update({events: [{id: -1 - i,"
                                + " at, kind: 'start', text: 'A start at ' + i}]}))"))
                .isNull();
        assertThat(shown("#events button")).anyMatch(event -> event.contains("A start at 0"));
        assertThat(shown("#events button")).anyMatch(event -> event.contains("A start at 1"));
        assertThat(page.errors()).isEmpty();
    }

    private void open(String query) throws Exception {
        browser.get(url + query);
        Await.until("the figures", TIMEOUT, () -> !browser.findElements(By.cssSelector("#windows [aria-pressed=true]"))
                .isEmpty());
    }

    private String pressed(String group) {
        return byId(group).findElement(By.cssSelector("[aria-pressed=true]")).getText();
    }

    private void choose(String group, String text) {
        byId(group).findElement(By.xpath("button[.='" + text + "']")).click();
    }

    /** Dragging over one chart zooms all of them to the same times, which are in the URL. */
    void zoomsAllChartsTogether() throws Exception {
        open("");
        WebElement over = browser.findElement(By.cssSelector("#accuracy-chart .u-over"));
        script("arguments[0].scrollIntoView({block: 'center'})", over);
        new Actions(browser).moveToElement(over, -50, 0).perform();
        Await.until(
                "the cursor in all charts", TIMEOUT, () -> shown(".chart .at").size() == 7);
        assertThat(shown(".chart .at")).as("the time under the cursor").allSatisfy(time -> assertThat(time)
                .matches("\\d\\d:\\d\\d:\\d\\d [A-Z].*"));
        new Actions(browser).clickAndHold().moveByOffset(60, 0).release().perform();
        Await.until("the zoom in the URL", TIMEOUT, () -> query().matches("\\?from=[-0-9T:.]+Z&to=[-0-9T:.]+Z"));
        String link = query();
        List<String> zoomed = scales();
        assertThat(zoomed).hasSize(7).containsOnly(zoomed.get(0));
        assertThat(pressedSpans()).isEmpty();

        open(link);
        Await.until("the charts of the link", TIMEOUT, () -> scales().size() == 7);
        assertThat(scales()).containsOnly(zoomed.get(0));
        byId("zoom-reset").click();
        assertThat(query()).isEmpty();
        assertThat(scales()).doesNotContain(zoomed.get(0));
        assertThat(pressed("spans")).isEqualTo("10 min");

        zoomsByKeyboardAndTouch();

        WebElement event = browser.findElement(By.cssSelector("#events button"));
        script("arguments[0].scrollIntoView({block: 'center'})", event);
        event.click();
        assertThat(query()).startsWith("?from=");
        new Actions(browser)
                .moveToElement(browser.findElement(By.cssSelector("#accuracy-chart .u-over")))
                .doubleClick()
                .perform();
        Await.until("the end of the zoom", TIMEOUT, () -> query().isEmpty());
    }

    private void zoomsByKeyboardAndTouch() throws Exception {
        // Charts begin with the first figures, unless one chooses.
        assertThat(zoomedSeconds()).isBetween(120.0, 599.0);
        choose("spans", "10 min");
        assertThat(query()).isEqualTo("?span=600");
        assertThat(zoomedSeconds()).isEqualTo(600);
        byId("zoom-in").sendKeys(Keys.ENTER);
        assertThat(zoomedSeconds()).isEqualTo(300);
        String half = query();
        byId("zoom-earlier").sendKeys(Keys.ENTER);
        assertThat(query()).isNotEqualTo(half);
        byId("zoom-later").sendKeys(Keys.ENTER);
        byId("zoom-later").sendKeys(Keys.ENTER);
        byId("zoom-out").sendKeys(Keys.ENTER);
        assertThat(zoomedSeconds()).isEqualTo(600);
        byId("zoom-reset").sendKeys(Keys.ENTER);
        assertThat(query()).isEqualTo("?span=600");

        WebElement over = browser.findElement(By.cssSelector("#accuracy-chart .u-over"));
        script("arguments[0].scrollIntoView({block: 'center'})", over);
        PointerInput finger = new PointerInput(PointerInput.Kind.TOUCH, "finger");
        Duration soon = Duration.ofMillis(50);
        browser.perform(List.of(new Sequence(finger, 0)
                .addAction(finger.createPointerMove(Duration.ZERO, PointerInput.Origin.fromElement(over), -60, 0))
                .addAction(finger.createPointerDown(0))
                .addAction(finger.createPointerMove(soon, PointerInput.Origin.fromElement(over), 0, 2))
                .addAction(finger.createPointerMove(soon, PointerInput.Origin.fromElement(over), 60, 2))
                .addAction(finger.createPointerUp(0))));
        Await.until("the zoom by touch", TIMEOUT, () -> query().startsWith("?span=600&from="));
        assertThat(zoomedSeconds()).isBetween(30.0, 200.0);
        open("");
    }

    private double zoomedSeconds() {
        return ((Number) module("view.js", "module.times()[1] - module.times()[0]")).doubleValue();
    }

    private List<WebElement> pressedSpans() {
        return byId("spans").findElements(By.cssSelector("[aria-pressed=true]"));
    }

    private List<String> shown(String selector) {
        return browser.findElements(By.cssSelector(selector)).stream()
                .map(WebElement::getText)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** The limits of the time axis of each chart, in whole seconds. */
    private List<String> scales() {
        return ((List<?>)
                        module(
                                "charts.js",
                                "module.plots().map(plot => Math.round(plot.scales.x.min) + ' to ' + Math.round(plot.scales.x.max))"))
                .stream().map(String::valueOf).toList();
    }

    /** Each term explains itself to a keyboard and to a click, and Escape closes the explanation. */
    void explainsItsTerms() throws Exception {
        List<WebElement> terms = browser.findElements(By.cssSelector("button.term"));
        assertThat(terms).hasSizeGreaterThan(15).allSatisfy(term -> assertThat(
                        byId(term.getDomAttribute("aria-describedby")).getDomProperty("textContent"))
                .hasSizeGreaterThan(40));
        WebElement coverage = byId("tile-coverage").findElement(By.className("term"));
        WebElement explanation = byId(coverage.getDomAttribute("aria-describedby"));
        script("arguments[0].focus()", coverage);
        new Actions(browser).sendKeys(Keys.ENTER).perform();
        assertThat(explanation.isDisplayed()).isTrue();
        assertThat(explanation.getText()).startsWith("The share of predictions that have a label.");
        new Actions(browser).sendKeys(Keys.ESCAPE).perform();
        assertThat(explanation.isDisplayed()).isFalse();
        coverage.click();
        assertThat(explanation.isDisplayed()).isTrue();
        new Actions(browser).sendKeys(Keys.ESCAPE).perform();
    }

    /** Waits for an event in the list. */
    void tells(String beginning) throws Exception {
        Await.until(
                "the event: " + beginning,
                TIMEOUT,
                () -> browser.findElements(By.cssSelector("#events button")).stream()
                        .anyMatch(event -> event.getText().lines().anyMatch(line -> line.startsWith(beginning))));
        assertThat(shown("#events time")).isNotEmpty().allSatisfy(time -> assertThat(time)
                .matches(".*\\d\\d:\\d\\d:\\d\\d [A-Z].*"));
    }

    /** The charts that have a line across this time, in milliseconds since 1970, or no point after it. */
    List<?> unbrokenAt(long millis) {
        return (List<?>) browser.executeAsyncScript(
                """
                const [millis, done] = arguments;
                const isUnbroken = plot => {
                  const times = plot.data[0].map(at => 1000 * at);
                  // Other versions may have had their last prediction before.
                  const lines = plot.data.slice(1).map(column => ({
                    column,
                    before: times.findLastIndex((at, i) => at <= millis && column[i] != null),
                    after: times.findIndex((at, i) => at > millis && column[i] != null)})).filter(({after}) => after >= 0);
                  return !lines.length || lines.some(({column, before, after}) =>
                      before >= 0 && !column.slice(before, after).includes(null));
                };
                import('/charts.js').then(({plots}) =>
                    done(plots().filter(isUnbroken).map(plot => plot.root.parentElement.id)));
                """,
                millis);
    }

    /** A line does not bridge times without points, and keeps a single point between two gaps. */
    void breaksLinesAtGaps() {
        assertThat(module("charts.js", "module.withGaps([[1, 2, 90, 91], [5, 6, 7, 8]], () => 10)"))
                .isEqualTo(List.of(List.of(1L, 2L, 46L, 90L, 91L), Arrays.asList(5L, 6L, null, 7L, 8L)));
    }

    /** The first paint comes within 300 ms; the best of some loads, because the machine may be busy. */
    void paintsAtOnce() throws Exception {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < LOADS && best > FIRST_PAINT_MILLIS; i++) {
            open("");
            best = Math.min(
                    best,
                    ((Number) script("return performance.getEntriesByName('first-contentful-paint')[0].startTime"))
                            .doubleValue());
        }
        System.out.printf("first contentful paint after %.0f ms%n", best);
        assertThat(best).isLessThan(FIRST_PAINT_MILLIS);
        Number bytes = (Number)
                script(
                        "return performance.getEntriesByType('resource')"
                                + ".filter(entry => !entry.name.includes('/api/')).reduce((sum, entry) => sum + entry.encodedBodySize, 0)");
        assertThat(bytes.longValue()).as("bytes of the page, compressed").isBetween(20_000L, 150_000L);
    }

    /** Nothing moves for people who asked for that. */
    void respectsReducedMotion() {
        String moving = "return [...document.querySelectorAll('*')].filter(one =>"
                + " getComputedStyle(one).transitionDuration !== '0s' || getComputedStyle(one).animationName !== 'none').length";
        assertThat(((Number) script(moving)).intValue()).isPositive();
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
        assertThat(((Number) script(moving)).intValue()).isZero();
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }
}
