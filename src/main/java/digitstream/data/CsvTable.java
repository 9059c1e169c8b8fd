package digitstream.data;

import digitstream.common.Digits;
import digitstream.data.files.CsvRows;
import digitstream.data.files.DataFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One CSV file with an image a line: 784 pixels, row by row, and its label, first or last unless the header names another column. */
final class CsvTable {
    /** Without the characters between words. */
    private static final List<String> LABEL_NAMES = List.of(
            "label",
            "labels",
            "class",
            "classes",
            "classlabel",
            "digit",
            "digits",
            "target",
            "targets",
            "targetclass",
            "category",
            "categories",
            "y");

    private static final int FIRST_ROWS = 1_024;

    private CsvTable() {}

    /** What the columns of a file are. */
    enum Columns {
        LABELLED,
        UNLABELLED,
        OTHER
    }

    /** Looks at the first line of a file. */
    static Columns columns(Path file) {
        try (CsvRows rows = new CsvRows(file)) {
            return switch (rows.columns()) {
                case Digits.PIXELS -> Columns.UNLABELLED;
                case Digits.PIXELS + 1 -> Columns.LABELLED;
                default -> Columns.OTHER;
            };
        } catch (IOException e) {
            throw new DataException(file + " " + DataFile.reason(e), e);
        }
    }

    /** Reads a labelled file. */
    static LabelledImages read(Path file) {
        byte[] pixels = new byte[FIRST_ROWS * Digits.PIXELS];
        byte[] labels = new byte[FIRST_ROWS];
        int count = 0;
        try (CsvRows rows = new CsvRows(file)) {
            int label = labelColumn(file);
            int[] values = new int[Digits.PIXELS + 1];
            int line = rows.lineNumber();
            while (rows.next(values)) {
                if (count == labels.length) {
                    labels = Arrays.copyOf(labels, 2 * count);
                    pixels = Arrays.copyOf(pixels, Math.multiplyExact(2 * count, Digits.PIXELS));
                }
                if (values[label] >= Digits.CLASSES) {
                    throw new DataException(file + " has the label " + values[label] + " in line " + line
                            + ", not a digit 0 to 9; the label must be the first or the last column,"
                            + " or be named label in a header");
                }
                labels[count] = (byte) values[label];
                int to = count * Digits.PIXELS;
                for (int i = 0; i < values.length; i++) {
                    if (i != label) {
                        if (values[i] > 255) {
                            throw new DataException(
                                    file + " has the pixel " + values[i] + " in line " + line + ", not 0 to 255");
                        }
                        pixels[to++] = (byte) values[i];
                    }
                }
                count++;
                line = rows.lineNumber();
            }
        } catch (IOException e) {
            throw new DataException(file + " " + DataFile.reason(e), e);
        }
        return new LabelledImages(
                Digits.SIDE, Digits.SIDE, Arrays.copyOf(pixels, count * Digits.PIXELS), Arrays.copyOf(labels, count));
    }

    /** The column that the header names or, without such a name, the first or the last one whose values are those of labels. */
    private static int labelColumn(Path file) throws IOException {
        try (CsvRows rows = new CsvRows(file)) {
            List<String> header = rows.header().stream()
                    .map(name -> name.replaceAll("[ _.-]", ""))
                    .toList();
            Optional<String> named =
                    LABEL_NAMES.stream().filter(header::contains).findFirst();
            if (named.isPresent()) {
                return header.indexOf(named.get());
            }
            Set<Integer> first = new HashSet<>();
            Set<Integer> last = new HashSet<>();
            int[] values = new int[Digits.PIXELS + 1];
            while (rows.next(values)) {
                first.add(values[0]);
                last.add(values[Digits.PIXELS]);
            }
            if (first.size() < 2 && !areLabels(last)) {
                throw new DataException(file + " has labels neither in its first column nor in its last one: those hold"
                        + " no two different digits; add a header that names the column label");
            }
            // A first column with other numbers is read as labels, and then refused with the line that has one.
            return areLabels(last) && !areLabels(first) ? Digits.PIXELS : 0;
        }
    }

    private static boolean areLabels(Set<Integer> values) {
        return values.size() > 1 && values.stream().allMatch(value -> value < Digits.CLASSES);
    }
}
