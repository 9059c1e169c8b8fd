package digitstream.common;

/** Shortens text from outside, such as ids and names from records, so that messages and headers stay small. */
public final class Excerpt {
    private static final int MAX_CHARACTERS = 80;

    private Excerpt() {}

    /**
     * The text itself if it has at most {@value #MAX_CHARACTERS} characters, otherwise its beginning and its length. Control
     * characters, such as line breaks, are replaced by {@code U+FFFD}, so that the result is one line.
     */
    public static String of(String text) {
        int shown = Math.min(text.length(), MAX_CHARACTERS);
        if (shown < text.length() && Character.isHighSurrogate(text.charAt(shown - 1))) {
            shown--;
        }
        StringBuilder excerpt = new StringBuilder(shown + 40);
        for (int i = 0; i < shown; i++) {
            char c = text.charAt(i);
            excerpt.append(Character.isISOControl(c) ? '\uFFFD' : c);
        }
        if (shown < text.length()) {
            excerpt.append("... (").append(text.length()).append(" characters)");
        }
        return excerpt.toString();
    }
}
