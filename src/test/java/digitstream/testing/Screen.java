package digitstream.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a terminal shows, with everything that has scrolled off its top. Knows line breaks, wrapping, and the control sequences that
 * move the cursor up and clear; fails on others. Like most terminals, it wraps lines anew when it becomes narrower.
 */
public final class Screen {
    private static final Pattern SEQUENCE = Pattern.compile("\033\\[([0-9]*)([AJK])");

    /** Rows with whether they continue in the next one. */
    private final List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));

    private final List<Boolean> wrapped = new ArrayList<>(List.of(false));
    private final int height;
    private int width;
    private int row;
    private int column;

    public Screen(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /** Returns the rows that are not blank, from the first ever printed. */
    public List<String> text() {
        return rows.stream()
                .map(line -> line.toString().stripTrailing())
                .filter(line -> !line.isBlank())
                .toList();
    }

    public void print(String output) {
        for (int i = 0; i < output.length(); i++) {
            char c = output.charAt(i);
            if (c == '\033') {
                Matcher sequence = SEQUENCE.matcher(output).region(i, output.length());
                if (!sequence.lookingAt()) {
                    throw new AssertionError("an unknown control sequence at " + i + " of " + output);
                }
                control(sequence.group(1), sequence.group(2));
                i = sequence.end() - 1;
            } else if (c == '\r') {
                column = 0;
            } else if (c == '\n') {
                lineBreak(false);
            } else {
                put(c);
            }
        }
    }

    /** Makes the terminal narrower or wider. Lines that do not fit are wrapped, and those that now fit are joined. */
    public void resize(int newWidth) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            line.append(rows.get(i));
            if (!wrapped.get(i)) {
                lines.add(line.toString());
                line.setLength(0);
            }
        }
        width = newWidth;
        rows.clear();
        wrapped.clear();
        rows.add(new StringBuilder());
        wrapped.add(false);
        row = 0;
        column = 0;
        for (int i = 0; i < lines.size(); i++) {
            lines.get(i).chars().forEach(c -> put((char) c));
            if (i < lines.size() - 1) {
                column = 0;
                lineBreak(false);
            }
        }
    }

    private void control(String count, String command) {
        int number = count.isEmpty() ? 0 : Integer.parseInt(count);
        switch (command) {
            case "A" -> row = Math.max(Math.max(0, rows.size() - height), row - Math.max(1, number));
            case "J" -> {
                rows.get(row).setLength(Math.min(column, rows.get(row).length()));
                while (rows.size() > row + 1) {
                    rows.remove(rows.size() - 1);
                    wrapped.remove(wrapped.size() - 1);
                }
                wrapped.set(row, false);
            }
            default -> rows.get(row).setLength(Math.min(column, rows.get(row).length()));
        }
    }

    private void put(char c) {
        if (column == width) {
            lineBreak(true);
            column = 0;
        }
        StringBuilder line = rows.get(row);
        while (line.length() <= column) {
            line.append(' ');
        }
        line.setCharAt(column++, c);
    }

    private void lineBreak(boolean wraps) {
        wrapped.set(row, wraps);
        row++;
        if (!wraps) {
            column = 0;
        }
        if (row == rows.size()) {
            rows.add(new StringBuilder());
            wrapped.add(false);
        }
    }
}
