package digitstream.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import digitstream.monitoring.AlertRules;
import digitstream.testing.Await;
import digitstream.testing.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The page that the alerts link to, in a real browser. Skipped without Chromium. */
class RunbookPageIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private HttpServer server;
    private ChromeDriver browser;

    @BeforeEach
    void open() throws IOException {
        Optional<Path> chromium = Programs.find("chromium", "chromium-browser", "google-chrome");
        Optional<Path> driver = Programs.find("chromedriver");
        assumeTrue(
                chromium.isPresent() && driver.isPresent(),
                "chromium or chromedriver is not on the PATH; the runbook is not tested in a browser");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/user/docs/", RunbookPageIT::serve);
        server.start();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get().toFile());
        options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + folder);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.get().toFile())
                        .build(),
                options);
    }

    /** As Prometheus serves its assets. */
    private static void serve(HttpExchange exchange) throws IOException {
        Path file = Path.of(exchange.getRequestURI().getPath().substring("/user/".length()));
        boolean exists = Files.isRegularFile(file);
        byte[] body = exists ? Files.readAllBytes(file) : new byte[] {'-'};
        exchange.getResponseHeaders()
                .add("Content-Type", file.toString().endsWith(".html") ? "text/html" : "text/plain");
        exchange.sendResponseHeaders(exists ? 200 : 404, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.stop(0);
        }
    }

    private void show(String address) {
        browser.get("about:blank");
        browser.get("http://127.0.0.1:" + server.getAddress().getPort() + "/user/docs/" + address);
    }

    @Test
    void showsTheSectionOfAnAlert() throws Exception {
        show("runbook.html#digitstreamthreadsdie");
        Await.until("the section is at the top", TIMEOUT, () -> {
            List<WebElement> sections = browser.findElements(By.cssSelector(":target"));
            return !sections.isEmpty()
                    && sections.get(0).getText().equals("DigitstreamThreadsDie")
                    && Math.abs(((Number) browser.executeScript(
                                            "return document.querySelector(':target').getBoundingClientRect().top"))
                                    .doubleValue())
                            < 200;
        });
        Set<Object> ids = browser.findElements(By.cssSelector("h3[id]")).stream()
                .map(heading -> heading.getDomAttribute("id"))
                .collect(Collectors.toSet());
        assertThat(ids)
                .containsAll(AlertRules.read().stream()
                        .map(alert -> alert.name().toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(browser.getTitle()).isEqualTo("digitstream: Operating");
    }

    /** Headings, code, tables, lists and links are shown as such, and nothing of their marks is left. */
    @Test
    void rendersEachPageOfTheDocuments() throws Exception {
        for (String page : List.of("operating.md", "reference.md", "accuracy.md")) {
            show("runbook.html?page=" + page);
            Markdown markdown = Markdown.read("docs/" + page);
            Await.until("the page is there", TIMEOUT, () -> !browser.findElements(By.tagName("h1"))
                    .isEmpty());
            Set<Object> ids = browser.findElements(By.cssSelector("h1, h2, h3, h4")).stream()
                    .map(heading -> heading.getDomAttribute("id"))
                    .collect(Collectors.toSet());
            assertThat(ids).isEqualTo(markdown.anchors());
            String text = (String) browser.executeScript("document.querySelectorAll('code').forEach(c => c.remove());"
                    + " return document.querySelector('main').innerText");
            assertThat(text).doesNotContain("](", "**", "```", "| ---");
        }
        show("runbook.html?page=../secret.md");
        Await.until("the refusal", TIMEOUT, () -> browser.findElement(By.tagName("main"))
                .getText()
                .equals("There is no such page."));
    }
}
