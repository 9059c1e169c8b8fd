package digitstream.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The four IDX files of one data set, found by their names: MNIST's, or those of EMNIST and QMNIST, which put their own before them.
 *
 * @param set what stands before "train-images" in the names; empty for MNIST
 */
record IdxFiles(String set, Map<String, Path> files) {
    /** The parts in the order in which a missing one is named. */
    private static final List<String> ROLES = List.of("train-images", "train-labels", "t10k-images", "t10k-labels");

    private static final Pattern NAME = Pattern.compile(
            "(?<set>.*?)[-_.]?(?<part>train|t10k|test)[-_.](?<what>images|labels)(?:[-_.]idx[123][-_.](?:ubyte|int))?(?:\\.gz)?");
    /** Which to take where a folder has several, as EMNIST's archive has; its other sets have letters. */
    private static final List<String> PREFERENCE = List.of("", "mnist", "emnist-digits", "emnist-mnist", "qmnist");

    IdxFiles {
        files = Map.copyOf(files);
    }

    /** Finds the files in a folder; if there are several sets, the one that is complete and preferred. */
    static Optional<IdxFiles> in(Path folder) {
        Map<String, Map<String, Path>> sets = new LinkedHashMap<>();
        for (Path path : DigitFolders.visible(folder)) {
            Matcher name = NAME.matcher(DigitFolders.name(path));
            Optional<Path> file = file(path);
            if (name.matches() && file.isPresent()) {
                String part = name.group("part").equals("train") ? "train" : "t10k";
                // Sorted by name, "x" comes before "x.gz": an unpacked file is preferred.
                sets.computeIfAbsent(name.group("set"), set -> new LinkedHashMap<>())
                        .putIfAbsent(part + "-" + name.group("what"), file.get());
            }
        }
        List<IdxFiles> all = new ArrayList<>();
        sets.forEach((set, files) -> all.add(new IdxFiles(set, files)));
        return all.stream()
                .min(Comparator.comparing((IdxFiles each) -> !each.isComplete())
                        .thenComparing(each ->
                                PREFERENCE.contains(each.set) ? PREFERENCE.indexOf(each.set) : PREFERENCE.size()));
    }

    /** Whether a file's name is one of an IDX file of a data set. */
    static boolean isIdx(Path file) {
        return NAME.matcher(DigitFolders.name(file)).matches();
    }

    /** A file, or the file in a folder that has its name, as some programs unpack archives. */
    private static Optional<Path> file(Path path) {
        if (Files.isRegularFile(path)) {
            return Optional.of(path);
        }
        return Optional.of(path.resolve(path.getFileName())).filter(Files::isRegularFile);
    }

    private boolean isComplete() {
        return files.keySet().containsAll(ROLES);
    }

    /** Returns the file of a part, such as "t10k-labels". */
    Path required(Path folder, String role) {
        Path file = files.get(role);
        if (file == null) {
            throw new DataException(folder + " has no file " + (set.isEmpty() ? "" : set + "-") + role
                    + "-idx*-ubyte[.gz]; put MNIST's four files there");
        }
        return file;
    }
}
