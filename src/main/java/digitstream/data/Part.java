package digitstream.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a data set, as the names of files and folders tell them apart. */
enum Part {
    TRAINING,
    VALIDATION,
    TEST;

    private static final Pattern NAME = Pattern.compile(
            "(?<set>.*?)[ _.-]*(?:(?<training>train(?:ing)?)|(?<validation>val|valid|validation|dev)|(?<test>tests?|testing|t10k|eval))"
                    + "(?:[ _.-]*(?:set|data|images?|samples?|digits))?");

    /**
     * A name that says a part.
     *
     * @param set what stands before the part: "emnist-digits" in "emnist-digits-train"; often empty
     */
    record Named(String set, Part part) {}

    /** Reads the name of a file without its ending, or of a folder, in any case: "Training", "mnist_test", "val". */
    static Optional<Named> of(Path path) {
        Matcher name = NAME.matcher(DigitFolders.name(path).replaceFirst("\\.(csv|txt|gz)(\\.gz)?$", ""));
        if (!name.matches()) {
            return Optional.empty();
        }
        Part part = name.group("training") != null ? TRAINING : name.group("test") != null ? TEST : VALIDATION;
        String set = name.group("set");
        // A word that only ends like a part, such as "interval" or "contest".
        boolean isWord = !set.isEmpty() && Character.isLetter(name.group().charAt(set.length()));
        return isWord ? Optional.empty() : Optional.of(new Named(set, part));
    }
}
