package digitstream.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV files with an image a line, as Kaggle's {@code train.csv} and the {@code mnist_train.csv} of many tutorials. Training and
 * test images are told apart by the files' names; a test file without labels, as Kaggle's, is not used. Of a file that holds
 * MNIST's 70,000 images, the last 10,000 are test images; without test images otherwise, every seventh image is one.
 */
final class CsvReader implements DigitReader {
    private static final Pattern NAME = Pattern.compile(".+\\.(csv|csv\\.gz|tsv)", Pattern.DOTALL);
    /** Which to take where a folder has several sets; the others of EMNIST have letters. */
    private static final List<String> PREFERENCE = List.of("", "mnist", "emnist-digits", "emnist-mnist");

    @Override
    public boolean finds(Path path) {
        return !tables(path).isEmpty();
    }

    @Override
    public DigitData read(Path path) {
        Map<Path, CsvTable.Columns> tables = tables(path);
        List<Path> labelled = tables.keySet().stream()
                .filter(file -> tables.get(file) == CsvTable.Columns.LABELLED)
                .toList();
        if (labelled.isEmpty()) {
            throw new DataException(
                    tables.keySet().iterator().next()
                            + " has 784 columns, all pixels, and no labels; name a file with a label in its first or last column");
        }
        Path training = training(path, labelled);
        @Nullable Path test = test(training, labelled);
        DigitData data;
        if (test != null) {
            data = DigitData.of(
                    path,
                    "CSV files in " + path + ": training images from " + training.getFileName() + ", test images from "
                            + test.getFileName(),
                    CsvTable.read(training),
                    CsvTable.read(test));
        } else {
            data = divided(training, CsvTable.read(training));
        }
        for (Path file : tables.keySet()) {
            if (!labelled.contains(file)) {
                data = data.withNote("Not used: " + file + " has no labels");
            } else if (!file.equals(training) && !file.equals(test)) {
                data = data.withNote("Not used: " + file);
            }
        }
        return Upright.of(data, training.toString());
    }

    private static DigitData divided(Path file, LabelledImages all) {
        String origin = "CSV file " + file;
        return DigitData.divided(file, origin, all);
    }

    /** The file itself, or the one in a folder that is named as training images; or the only one. */
    private static Path training(Path path, List<Path> labelled) {
        List<Path> training = labelled.stream()
                .filter(file -> part(file) == Part.TRAINING)
                .sorted(Comparator.comparingInt(CsvReader::preference))
                .toList();
        if (training.size() == 1
                || (training.size() > 1 && preference(training.get(0)) < preference(training.get(1)))) {
            return training.get(0);
        }
        if (labelled.size() == 1) {
            return labelled.get(0);
        }
        throw new DataException(path + " has " + labelled.size() + " CSV files with labelled images ("
                + labelled.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(", "))
                + "); name the one to read, or call them train.csv and test.csv");
    }

    /** The test images, or else the validation images, of the set whose training images are used. */
    private static @Nullable Path test(Path training, List<Path> labelled) {
        String set = Part.of(training).map(Part.Named::set).orElse("");
        List<Path> tests = new ArrayList<>();
        for (Part part : List.of(Part.TEST, Part.VALIDATION)) {
            labelled.stream()
                    .filter(file -> !file.equals(training))
                    .filter(file -> Part.of(file).equals(Optional.of(new Part.Named(set, part))))
                    .forEach(tests::add);
        }
        return tests.isEmpty() ? null : tests.get(0);
    }

    private static @Nullable Part part(Path file) {
        return Part.of(file).map(Part.Named::part).orElse(null);
    }

    private static int preference(Path file) {
        String set = Part.of(file).map(Part.Named::set).orElse("");
        return PREFERENCE.contains(set) ? PREFERENCE.indexOf(set) : PREFERENCE.size();
    }

    /** The CSV files with as many columns as an image has pixels, with a label or without, by name. */
    private static Map<Path, CsvTable.Columns> tables(Path path) {
        Map<Path, CsvTable.Columns> tables = new TreeMap<>();
        for (Path file : Files.isRegularFile(path) ? List.of(path) : DigitFolders.visible(path)) {
            if (Files.isRegularFile(file)
                    && NAME.matcher(DigitFolders.name(file)).matches()) {
                CsvTable.Columns columns = columns(file, file.equals(path));
                if (columns != CsvTable.Columns.OTHER) {
                    tables.put(file, columns);
                }
            }
        }
        return tables;
    }

    /** Looks at a file. If the user names it, or its name says that it is a data set's, its faults are errors. */
    private static CsvTable.Columns columns(Path file, boolean isNamed) {
        try {
            CsvTable.Columns columns = CsvTable.columns(file);
            if (isNamed && columns == CsvTable.Columns.OTHER) {
                throw new DataException(
                        file + " is a CSV file without 784 or 785 columns; each line must be a label and the"
                                + " 784 pixels of an image");
            }
            return columns;
        } catch (DataException e) {
            if (isNamed || Part.of(file).isPresent()) {
                throw e;
            }
            return CsvTable.Columns.OTHER;
        }
    }
}
