package digitstream.cli;

import java.util.regex.Pattern;

/** Quotes words of commands that messages suggest, so that they work when pasted into a POSIX shell. */
final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    private ShellWord() {}

    /** Returns the word, quoted if a shell would change it. */
    static String of(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
