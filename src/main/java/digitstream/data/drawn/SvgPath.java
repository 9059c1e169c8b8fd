package digitstream.data.drawn;

import java.awt.geom.Path2D;
import java.util.Scanner;

/** Parses the subset of SVG paths that {@link DigitStrokes} uses: absolute M, L, Q and C, separated by blanks. */
final class SvgPath {
    private SvgPath() {}

    static Path2D parse(String notation) {
        Path2D.Double path = new Path2D.Double();
        try (Scanner in = new Scanner(notation)) {
            while (in.hasNext()) {
                String command = in.next();
                switch (command) {
                    case "M" -> path.moveTo(in.nextInt(), in.nextInt());
                    case "L" -> path.lineTo(in.nextInt(), in.nextInt());
                    case "Q" -> path.quadTo(in.nextInt(), in.nextInt(), in.nextInt(), in.nextInt());
                    case "C" ->
                        path.curveTo(
                                in.nextInt(), in.nextInt(), in.nextInt(), in.nextInt(), in.nextInt(), in.nextInt());
                    default -> throw new IllegalArgumentException("unsupported SVG path command: " + command);
                }
            }
        }
        return path;
    }
}
