package digitstream.data;

import digitstream.common.Digits;
import digitstream.data.files.DataFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the names of folders: which digit they stand for, and which ones are hidden. */
final class DigitFolders {
    private static final Pattern NUMBER =
            Pattern.compile("(?:digit|class|label|number)?[ _.-]*0?([0-9])(?:[ _.-]+[a-z]+)?");
    private static final List<String> WORDS =
            List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");

    private DigitFolders() {}

    /** The digit of a folder named "7", "07", "digit_7", "seven" or "7 - seven", in any case; empty for other names. */
    static OptionalInt digit(Path folder) {
        String name = name(folder);
        int word = WORDS.indexOf(name);
        if (word >= 0) {
            return OptionalInt.of(word);
        }
        Matcher number = NUMBER.matcher(name);
        return number.matches() ? OptionalInt.of(number.group(1).charAt(0) - '0') : OptionalInt.empty();
    }

    /** The folders that stand for digits in a folder, by digit and then by name. */
    static List<Path> in(Path folder) {
        List<Path> some = new ArrayList<>();
        List<Path> folders = visibleFolders(folder);
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            OptionalInt wanted = OptionalInt.of(digit);
            folders.stream().filter(each -> digit(each).equals(wanted)).forEach(some::add);
        }
        return some;
    }

    /** The folders in a folder that are not hidden, by name; none if it is not a folder. */
    static List<Path> visibleFolders(Path folder) {
        return visible(folder).stream().filter(Files::isDirectory).toList();
    }

    /** The files and folders in a folder that are not hidden, by name; none if it is not a folder. */
    static List<Path> visible(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(each -> !isHidden(each)).sorted().toList();
        } catch (IOException e) {
            throw new DataException(folder + " " + DataFile.reason(e), e);
        }
    }

    /** Whether a file is one that operating systems and archives leave behind, such as {@code ._1.png} or {@code __MACOSX}. */
    static boolean isHidden(Path path) {
        String name = name(path);
        return name.startsWith(".")
                || name.equals("__macosx")
                || name.equals("thumbs.db")
                || name.equals("desktop.ini");
    }

    /** The last name of a path, in lower case. */
    static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
    }
}
