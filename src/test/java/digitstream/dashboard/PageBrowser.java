package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import digitstream.testing.Await;
import digitstream.testing.Programs;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The page in a real Chromium. */
final class PageBrowser implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final ChromeDriver driver;

    private PageBrowser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Whether this machine has a browser and its driver. */
    static boolean isThere() {
        return chromium().isPresent() && Programs.find("chromedriver").isPresent();
    }

    private static Optional<Path> chromium() {
        return Programs.find("chromium", "chromium-browser", "google-chrome");
    }

    /**
     * Starts a browser. Skips the test where there is none.
     *
     * @param folder for the browser's files
     */
    static PageBrowser start(Path folder) {
        assumeTrue(isThere(), "chromium or chromedriver is not on the PATH; the page is not tested in a browser");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium().orElseThrow().toFile());
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
        PageBrowser browser = new PageBrowser(new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(
                                Programs.find("chromedriver").orElseThrow().toFile())
                        .build(),
                options));
        browser.driver.manage().window().setSize(new Dimension(1400, 1000));
        return browser;
    }

    ChromeDriver driver() {
        return driver;
    }

    void open(String url) {
        driver.get(url);
    }

    WebElement byId(String id) {
        return driver.findElement(By.id(id));
    }

    String text(String id) {
        return byId(id).getText();
    }

    Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    double number(String expression, Object... arguments) {
        return ((Number) driver.executeScript("return " + expression, arguments)).doubleValue();
    }

    /** The value of an expression over a module of the page, {@code module}. */
    Object module(String name, String expression) {
        return driver.executeAsyncScript("const done = arguments[0]; import('/" + name + "').then(module => done("
                + expression + ")).catch(error => done(String(error)))");
    }

    /** Clicks where the sticky header does not cover it. */
    void click(WebElement element) {
        driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", element);
        element.click();
    }

    /** Waits until the text of an element matches; a failure reports the actual text. */
    void awaitText(String what, String id, Predicate<String> expected) throws Exception {
        try {
            Await.until(what, TIMEOUT, () -> expected.test(text(id)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the text of #" + id + " is: " + text(id), e);
        }
    }

    void awaitStatus(String beginning) throws Exception {
        awaitText("the status \"" + beginning + "\"", "status", text -> text.startsWith(beginning));
    }

    /** Each tile has the level of the verdict that concerns it, in colour, as a sign and in words. */
    void awaitTile(String tile, String level, String sign, String word) throws Exception {
        WebElement marked = byId("tile-" + tile);
        Await.until(tile + " is " + level, TIMEOUT, () -> ("tile " + level).equals(marked.getDomAttribute("class")));
        assertThat(marked.findElement(By.className("sign")).getText()).isEqualTo(sign);
        assertThat(marked.findElement(By.className("level")).getDomProperty("textContent"))
                .isEqualTo(word.isEmpty() ? "" : word + ":");
    }

    /** Waits until a tile has no mark, because what it shows was not judged. */
    void awaitNoMark(String tile) throws Exception {
        awaitTile(tile, "unjudged", "", "");
    }

    /** Runs axe in both themes. */
    void checkAccessibility() throws Exception {
        try (InputStream axe =
                PageBrowser.class.getResourceAsStream("/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
            driver.executeScript(new String(axe.readAllBytes(), UTF_8));
        }
        driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(30));
        for (String theme : List.of("light", "dark")) {
            driver.executeScript("document.documentElement.dataset.theme = arguments[0]", theme);
            List<?> violations = (List<?>) driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                    + "axe.run().then(found => done(found.violations.map(one => one.id + ': '"
                    + " + one.nodes.map(node => node.html + ' ' + node.failureSummary).join('; '))))");
            assertThat(violations).as(theme).isEmpty();
        }
    }

    /** The messages in the browser's console since the last call, without those of a dashboard that still loads its history. */
    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .filter(message -> !message.contains("/api/history") || !message.contains("status of 503"))
                .toList();
    }

    /** The titles of all tabs, also of those in the background. */
    List<String> titles() {
        return ((List<?>)
                        driver.executeCdpCommand("Target.getTargets", Map.of()).get("targetInfos"))
                .stream()
                        .map(target -> (Map<?, ?>) target)
                        .filter(target -> target.get("type").equals("page"))
                        .map(target -> (String) target.get("title"))
                        .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
