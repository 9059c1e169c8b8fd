package digitstream.common;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Lines at the end of a terminal's output that are redrawn in place. Each takes one row: it is cut at the terminal's width,
 * because a line that wraps takes two rows, and a redraw that counts lines would leave one of them behind. Uses the three control
 * sequences that every terminal since the VT100 has. Not thread-safe.
 */
public final class LiveLines {
    /** The size of a terminal, in characters. */
    public record Size(int columns, int rows) {
        /** What most terminals open with. */
        public static final Size DEFAULT = new Size(80, 24);

        public Size {
            if (columns < 1 || rows < 1) {
                throw new IllegalArgumentException("a terminal has 1 or more columns and rows");
            }
        }
    }

    private final PrintStream out;
    private final Supplier<Size> size;
    private List<String> drawn = List.of();

    /**
     * Creates the view; prints nothing yet.
     *
     * @param size asked before each drawing, so that the lines follow a resize of the terminal
     */
    public LiveLines(PrintStream out, Supplier<Size> size) {
        this.out = out;
        this.size = size;
    }

    /** Returns how many characters of a line are shown at present. The last column stays empty: some terminals wrap after it. */
    public int width() {
        return Math.max(1, size.get().columns() - 1);
    }

    /** Replaces the lines. Shows as many as fit on the screen. */
    public void draw(List<String> lines) {
        Size now = size.get();
        List<String> fitting = new ArrayList<>();
        for (String line : lines.subList(0, Math.min(lines.size(), Math.max(1, now.rows() - 1)))) {
            fitting.add(line.substring(0, Math.min(line.length(), Math.max(1, now.columns() - 1))));
        }
        out.print(erase(now));
        fitting.forEach(out::println);
        out.flush();
        drawn = List.copyOf(fitting);
    }

    /** Removes the lines, so that other output can follow. */
    public void clear() {
        out.print(erase(size.get()));
        out.flush();
        drawn = List.of();
    }

    /**
     * Moves the cursor up to the first line and clears to the end of the screen. A terminal that has become narrower since has
     * wrapped the lines, so each counts as the rows that it takes now.
     */
    private String erase(Size now) {
        int rows = drawn.stream()
                .mapToInt(line -> Math.max(1, (line.length() + now.columns() - 1) / now.columns()))
                .sum();
        // The cursor can't leave the screen, and with 0 it would still move up one row.
        int up = Math.min(rows, now.rows() - 1);
        return up == 0 ? "" : "\r\033[" + up + "A\033[J";
    }
}
