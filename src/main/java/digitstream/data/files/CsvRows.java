package digitstream.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.common.Excerpt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CSV file of whole numbers, row by row, from fields between commas, semicolons, tabs or spaces, quoted or not. A first line
 * with text, or with the columns' numbers, is its header. Empty lines, comments above the header and an empty field at the end of a
 * line are skipped. Used by one thread.
 */
public final class CsvRows implements AutoCloseable {
    private static final int MAX_LINE_BYTES = 1 << 16;
    /** A number that is not negative, also as numpy.savetxt writes it, such as 2.000e+00. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(?:\\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?");
    /** What stands above the header in files of numpy.savetxt and of Excel. */
    private static final Pattern PREAMBLE =
            Pattern.compile("\\s*(?:#.*|\"?sep=.\"?\\s*)?", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

    private static final BigDecimal LARGEST = BigDecimal.valueOf(999_999_999);

    private final InputStream in;
    private final List<String> header;
    private final char separator;
    private final int columns;
    /** The next line, already read; null at the end. */
    private byte @Nullable [] ahead;
    /** The number of the line that is read ahead, counted from 1. */
    private int lineNumber;

    /** Opens a file and reads its first line. */
    public CsvRows(Path file) throws IOException {
        this.in = DataFile.open(file);
        try {
            String first = firstLine();
            this.separator = first.indexOf(',') >= 0
                    ? ','
                    : first.indexOf(';') >= 0 ? ';' : first.indexOf('\t') >= 0 ? '\t' : ' ';
            List<String> fields = Pattern.compile(Pattern.quote(String.valueOf(separator)))
                    .splitAsStream(first)
                    .map(field -> field.replace("\"", "").strip().toLowerCase(Locale.ROOT))
                    .toList();
            if (fields.stream().allMatch(field -> NUMBER.matcher(field).matches()) && !countsColumns(fields)) {
                this.header = List.of();
                this.ahead = first.getBytes(UTF_8);
            } else {
                this.header = fields;
                this.ahead = nextLine();
            }
            this.columns = fields.size();
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** The first line that is neither empty nor a comment; empty if there is none. */
    private String firstLine() throws IOException {
        byte[] line = nextLine();
        while (line != null) {
            String text = new String(line, UTF_8).replaceFirst("^\uFEFF", "");
            if (!PREAMBLE.matcher(text).matches()) {
                return text;
            }
            line = nextLine();
        }
        return "";
    }

    /** Whether the fields are 0, 1, 2 and so on, the header that pandas writes for columns without names. */
    private static boolean countsColumns(List<String> fields) {
        return fields.size() > 1
                && IntStream.range(0, fields.size()).allMatch(i -> fields.get(i).equals(String.valueOf(i)));
    }

    /** The names of the columns, in lower case; empty if the file has none. */
    public List<String> header() {
        return header;
    }

    /** The number of fields in the first line. */
    public int columns() {
        return columns;
    }

    /** The number of the line that {@link #next} reads next, counted from 1. */
    public int lineNumber() {
        return lineNumber;
    }

    /**
     * Reads the next line that is not empty.
     *
     * @param values receives the line's numbers; as many as there are columns
     * @return false at the end of the file
     */
    public boolean next(int[] values) throws IOException {
        while (ahead != null && ahead.length == 0) {
            ahead = nextLine();
        }
        if (ahead == null) {
            return false;
        }
        parse(ahead, values);
        ahead = nextLine();
        return true;
    }

    private void parse(byte[] text, int[] values) throws UnreadableFileException {
        int count = 0;
        int start = 0;
        for (int i = 0; i <= text.length; i++) {
            if (i == text.length || text[i] == separator) {
                boolean isEmptyEnd = count == values.length && i == text.length && start == i;
                if (count < values.length) {
                    values[count] = number(text, start, i);
                }
                count += isEmptyEnd ? 0 : 1;
                start = i + 1;
            }
        }
        if (count != values.length) {
            throw new UnreadableFileException("has " + count + " fields in line " + lineNumber + ", not "
                    + values.length + " as in its first line; mend it, or download it again");
        }
    }

    private int number(byte[] text, int start, int end) throws UnreadableFileException {
        int value = 0;
        if (end > start && end - start <= 3) {
            int i = start;
            while (i < end && text[i] >= '0' && text[i] <= '9') {
                value = 10 * value + text[i++] - '0';
            }
            if (i == end) {
                return value;
            }
        }
        String field =
                new String(text, start, end - start, UTF_8).replace("\"", "").strip();
        BigDecimal number = NUMBER.matcher(field).matches() ? new BigDecimal(field) : BigDecimal.ONE.negate();
        if (number.signum() < 0
                || number.compareTo(LARGEST) > 0
                || number.stripTrailingZeros().scale() > 0) {
            throw new UnreadableFileException("has '" + Excerpt.of(field) + "' in line " + lineNumber
                    + ", not a whole number; pixels are 0 to 255");
        }
        return number.intValueExact();
    }

    private byte @Nullable [] nextLine() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            bytes.write(next);
            if (bytes.size() > MAX_LINE_BYTES) {
                throw new UnreadableFileException(
                        "has a line of more than " + MAX_LINE_BYTES + " bytes; is it a CSV file?");
            }
            next = in.read();
        }
        lineNumber++;
        byte[] whole = bytes.toByteArray();
        int end = whole.length > 0 && whole[whole.length - 1] == '\r' ? whole.length - 1 : whole.length;
        return end == whole.length ? whole : Arrays.copyOf(whole, end);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
