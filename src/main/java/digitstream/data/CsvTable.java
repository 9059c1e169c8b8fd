package digitstream.data;

import digitstream.common.Digits;
import digitstream.data.files.CsvRows;
import digitstream.data.files.DataFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One CSV file with an image a line: 784 pixels, row by row, and its label, first unless the header names another column. */
final class CsvTable {
    private static final List<String> LABEL_NAMES = List.of("label", "class", "digit", "target", "y");
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
            int label = labelColumn(rows.header());
            int[] values = new int[Digits.PIXELS + 1];
            int line = rows.lineNumber();
            while (rows.next(values)) {
                if (count == labels.length) {
                    labels = Arrays.copyOf(labels, 2 * count);
                    pixels = Arrays.copyOf(pixels, Math.multiplyExact(2 * count, Digits.PIXELS));
                }
                if (values[label] >= Digits.CLASSES) {
                    throw new DataException(file + " has the label " + values[label] + " in line " + line
                            + ", not a digit 0 to 9; the label must be the first column, or be named label");
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

    private static int labelColumn(List<String> header) {
        Optional<String> named = LABEL_NAMES.stream().filter(header::contains).findFirst();
        return named.map(header::indexOf).orElse(0);
    }
}
