package digitstream.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {

    @Test
    void shortTextIsShownWhole() {
        assertThat(Excerpt.of("image-7")).isEqualTo("image-7");
        assertThat(Excerpt.of("x".repeat(80))).isEqualTo("x".repeat(80));
    }

    @Test
    void longTextIsCutAndItsLengthIsShown() {
        assertThat(Excerpt.of("x".repeat(70_000))).isEqualTo("x".repeat(80) + "... (70000 characters)");
    }

    @Test
    void neverCutsASurrogatePair() {
        assertThat(Excerpt.of("x".repeat(79) + "\uD83D\uDE00y")).isEqualTo("x".repeat(79) + "... (82 characters)");
    }

    @Test
    void theResultIsOneLine() {
        assertThat(Excerpt.of("a\r\nb\u0000")).isEqualTo("a\uFFFD\uFFFDb\uFFFD");
    }
}
