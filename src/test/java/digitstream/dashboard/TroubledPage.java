package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.testing.Await;
import java.nio.file.Path;
import java.util.List;
import org.openqa.selenium.WindowType;

/** A page of a stream in trouble, and another one of it in a tab in the background. */
final class TroubledPage implements AutoCloseable {
    private final PageBrowser browser;

    private TroubledPage(PageBrowser browser) {
        this.browser = browser;
    }

    /** Opens the page twice, first in the tab that is hidden. */
    static TroubledPage open(Path folder, String url) {
        PageBrowser browser = PageBrowser.start(folder);
        browser.open(url);
        // Without a window, no tab is behind another.
        browser.script("Object.defineProperty(document, 'hidden', {value: true});"
                + "document.dispatchEvent(new Event('visibilitychange'))");
        browser.driver().switchTo().newWindow(WindowType.TAB);
        browser.open(url);
        return new TroubledPage(browser);
    }

    /**
     * Waits until header, tab title, icon and tile say what is wrong, which nothing worse hides.
     *
     * @param words what the verdict contains
     * @param tile the figure that it concerns
     */
    void says(String level, String words, String tile) throws Exception {
        String sign = level.equals("critical") ? "✕" : "!";
        String name = level.equals("critical") ? "Critical" : "Warning";
        browser.awaitText("the verdict: " + words, "verdict-text", text -> text.contains(words));
        Await.until("the title: " + words, PageBrowser.TIMEOUT, () -> {
            String title = browser.driver().getTitle();
            return title.startsWith(sign + " ") && title.contains(words) && title.endsWith(" – digitstream");
        });
        assertThat(browser.byId("icon").getDomProperty("href")).endsWith("/icon-" + level + ".svg");
        assertThat(browser.byId("verdict-now").getDomAttribute("class")).isEqualTo(level);
        assertThat(browser.text("verdict-level")).isEqualTo(name);
        browser.awaitTile(tile, level, sign, name);
    }

    void saysThatAllIsWell() throws Exception {
        browser.awaitText("the verdict", "verdict-text", "All is well"::equals);
        browser.awaitTile("accuracy", "ok", "✓", "OK");
        assertThat(browser.driver().getTitle()).isEqualTo("✓ OK – digitstream");
        assertThat(browser.byId("icon").getDomProperty("href")).endsWith("/icon-ok.svg");
    }

    /** The estimate is struck out, or not. */
    void strikesTheEstimateOut(boolean struck) throws Exception {
        Await.until(
                "the estimate is " + (struck ? "" : "not ") + "struck out",
                PageBrowser.TIMEOUT,
                () -> (Boolean) browser.script("return document.querySelector('#tile-estimate .struck') != null")
                        == struck);
    }

    void hasTheStatus(String beginning) throws Exception {
        browser.awaitStatus(beginning);
    }

    /** Waits until the title of the tab in the background says it too. */
    void saysInTheBackground(String words) throws Exception {
        Await.until(
                "two titles with: " + words,
                PageBrowser.TIMEOUT,
                () -> browser.titles().stream()
                                .filter(title -> title.contains(words))
                                .count()
                        == 2);
    }

    /** Records what screen readers are told from now on. */
    void listen() {
        browser.script(
                """
                window.told = [];
                document.querySelectorAll('[role=status], [aria-live]').forEach(region => new MutationObserver(() =>
                    window.told.push(region.innerText)).observe(region, {childList: true, subtree: true, characterData: true}));
                """);
    }

    /** What screen readers were told since then. */
    List<?> heard() {
        return (List<?>) browser.script("return window.told");
    }

    /** The sentence of the verdict. */
    String verdict() {
        return browser.text("verdict-text");
    }

    List<String> errors() {
        return browser.errors();
    }

    @Override
    public void close() {
        browser.close();
    }
}
