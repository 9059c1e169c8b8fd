package digitstream.data;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where the pictures of a data set lie.
 *
 * @param training the folder whose subfolders stand for digits
 * @param test the folder with the test images; empty if some of the training folder's pictures are test images
 * @param unused folders of parts that are not used
 */
record PictureFolders(Path training, Optional<Path> test, List<Path> unused) {
    private static final int MAX_DEPTH = 5;

    PictureFolders {
        unused = List.copyOf(unused);
    }

    /**
     * Finds the folders. A folder with training and test images is preferred to digits directly in {@code folder}; validation
     * images are used as test images if there are no others.
     *
     * @return empty if there are neither
     */
    static Optional<PictureFolders> in(Path folder) {
        Map<Part, Path> parts = new LinkedHashMap<>();
        for (Path each : DigitFolders.visibleFolders(folder)) {
            Part.of(each).ifPresent(named -> withDigits(each, MAX_DEPTH)
                    .ifPresent(found -> put(parts, named.part(), found, folder)));
        }
        Path training = parts.get(Part.TRAINING);
        if (training == null) {
            return DigitFolders.in(folder).isEmpty()
                    ? Optional.empty()
                    : Optional.of(new PictureFolders(folder, Optional.empty(), List.of()));
        }
        Path validation = parts.get(Part.VALIDATION);
        Path test = parts.getOrDefault(Part.TEST, validation);
        return Optional.of(new PictureFolders(
                training,
                Optional.ofNullable(test),
                validation == null || validation.equals(test) ? List.of() : List.of(validation)));
    }

    private static void put(Map<Part, Path> parts, Part part, Path found, Path folder) {
        Path other = parts.putIfAbsent(part, found);
        if (other != null) {
            throw new DataException(
                    folder + " has two folders of " + part.toString().toLowerCase(java.util.Locale.ROOT)
                            + " images, " + folder.relativize(other) + " and " + folder.relativize(found)
                            + "; remove one, or name the folder of one data set");
        }
    }

    /** The folder itself if it has digits, or the one below it that has, as where an archive repeats its own name. */
    private static Optional<Path> withDigits(Path folder, int depth) {
        if (!DigitFolders.in(folder).isEmpty()) {
            return Optional.of(folder);
        }
        List<Path> folders = DigitFolders.visibleFolders(folder);
        return folders.size() == 1 && depth > 0 ? withDigits(folders.get(0), depth - 1) : Optional.empty();
    }

    /** The folders in the data set's folder that hold no picture that is used, if training and test images are apart. */
    List<Path> without(Path folder) {
        return training.equals(folder)
                ? List.of()
                : DigitFolders.visibleFolders(folder).stream()
                        .filter(each -> !training.startsWith(each))
                        .filter(each -> test.isEmpty() || !test.get().startsWith(each))
                        .filter(each -> unused.stream().noneMatch(part -> part.startsWith(each)))
                        .toList();
    }

    /** One line that says what is taken as what. */
    String describe(Path from) {
        if (test.isEmpty()) {
            return "pictures in " + training;
        }
        String line = "pictures in " + from + ": training images from " + relative(from, training)
                + ", test images from " + relative(from, test.get());
        return unused.isEmpty()
                ? line
                : line + ", none from "
                        + unused.stream().map(each -> relative(from, each)).collect(Collectors.joining(", "));
    }

    private static String relative(Path from, Path to) {
        return from.relativize(to).toString();
    }
}
