package digitstream.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the folder that holds digits at or below a path, such as {@code MNIST/raw} below the folder that torchvision was given, or a
 * folder in one of its own name. The nearest folder wins.
 */
final class DataSearch {
    private static final int MAX_DEPTH = 5;
    /** Somebody's home is no data set: the search ends there, and not after hours. */
    private static final int MAX_FOLDERS = 500;

    private final List<DigitReader> readers;

    DataSearch(List<DigitReader> readers) {
        this.readers = readers;
    }

    /** A folder or file, and who reads it. */
    record Found(Path path, DigitReader reader) {}

    /**
     * Searches level by level.
     *
     * @throws DataException if several folders of one level hold digits, and none or several of them are MNIST's by name
     */
    Optional<Found> from(Path start) {
        Set<Path> seen = new HashSet<>();
        List<Path> level = List.of(start);
        List<DataException> faults = new ArrayList<>();
        for (int depth = 0; depth <= MAX_DEPTH && !level.isEmpty() && seen.size() < MAX_FOLDERS; depth++) {
            List<Found> found = new ArrayList<>();
            List<Path> open = new ArrayList<>();
            for (Path path : level) {
                try {
                    reader(path).ifPresent(reader -> found.add(new Found(path, reader)));
                    open.add(path);
                } catch (DataException e) {
                    faults.add(e);
                }
            }
            if (!found.isEmpty()) {
                return Optional.of(only(found, start));
            }
            level = below(open, seen);
        }
        // A folder on the way, such as lost+found, may be closed; it only matters if the digits are nowhere else.
        if (!faults.isEmpty()) {
            throw faults.get(0);
        }
        return Optional.empty();
    }

    private Optional<DigitReader> reader(Path path) {
        return readers.stream().filter(reader -> reader.finds(path)).findFirst();
    }

    private static Found only(List<Found> found, Path start) {
        List<Found> mnist = found.stream()
                .filter(each -> isNamedMnist(start.relativize(each.path())))
                .toList();
        if (found.size() > 1 && mnist.size() != 1) {
            throw new DataException(start + " holds several data sets: "
                    + found.stream()
                            .map(each -> start.relativize(each.path()).toString())
                            .collect(Collectors.joining(", "))
                    + "; name the folder of one");
        }
        return found.size() == 1 ? found.get(0) : mnist.get(0);
    }

    private static boolean isNamedMnist(Path path) {
        for (Path name : path) {
            if (DigitFolders.name(name).equals(DataName.MNIST)) {
                return true;
            }
        }
        return false;
    }

    /** The folders one level lower, each once, whatever links lead to it. */
    private static List<Path> below(List<Path> level, Set<Path> seen) {
        List<Path> below = new ArrayList<>();
        for (Path path : level) {
            for (Path folder : DigitFolders.visibleFolders(path)) {
                if (seen.size() < MAX_FOLDERS && seen.add(real(folder))) {
                    below.add(folder);
                }
            }
        }
        return below;
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            // It vanished a moment ago, or is a link in a folder that is closed: the reader of the folder says so.
            return folder.toAbsolutePath();
        }
    }
}
