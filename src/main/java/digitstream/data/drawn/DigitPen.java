package digitstream.data.drawn;

import digitstream.common.Digits;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.List;
import java.util.Random;

/**
 * Draws a digit: strokes of random thickness with random affine and elastic distortion, blurred, with noise; scaled and centred as in
 * MNIST (ink within 20 by 20 pixels, centre of mass in the middle of 28 by 28).
 *
 * <p>The elastic distortion is a smooth random displacement field, after Simard, Steinkraus and Platt, "Best Practices for
 * Convolutional Neural Networks" (2003), applied to the strokes instead of the pixels.
 */
public final class DigitPen {
    private static final int INK_SIDE = 20;
    /** Digits are drawn larger and downsampled, which gives them the grey edges of scanned digits. */
    private static final int SCALE = 4;

    private static final int CANVAS = Digits.SIDE * SCALE;
    private static final int WAVES = 3;

    private DigitPen() {}

    /**
     * Draws one image.
     *
     * @param random decides everything but the digit
     * @return 28 * 28 pixels, uint8, row by row
     */
    public static byte[] draw(int digit, Random random) {
        List<String> variants = DigitStrokes.variants(digit);
        Path2D path = distorted(SvgPath.parse(variants.get(random.nextInt(variants.size()))), random);
        BufferedImage canvas = new BufferedImage(CANVAS, CANVAS, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = canvas.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setColor(Color.WHITE);
            graphics.setStroke(new BasicStroke(
                    (float) (SCALE * (1.5 + 2.3 * random.nextDouble())),
                    BasicStroke.CAP_ROUND,
                    BasicStroke.JOIN_ROUND));
            graphics.draw(fitted(path));
        } finally {
            graphics.dispose();
        }
        byte[] ink = ((DataBufferByte) canvas.getRaster().getDataBuffer()).getData();
        return InkFinish.finish(ink, CANVAS, SCALE, random);
    }

    /** Flattens a path and applies a random linear map and a smooth random displacement field. */
    private static Path2D distorted(Path2D path, Random random) {
        AffineTransform linear = new AffineTransform();
        linear.rotate(0.16 * random.nextGaussian());
        linear.shear(0.18 * random.nextGaussian(), 0.06 * random.nextGaussian());
        linear.scale(0.75 + 0.45 * random.nextDouble(), 0.85 + 0.25 * random.nextDouble());
        linear.translate(-50, -50);

        double[] wave = new double[WAVES * 6];
        for (int i = 0; i < wave.length; i++) {
            wave[i] = random.nextGaussian();
        }
        Path2D.Double out = new Path2D.Double();
        double[] point = new double[6];
        for (PathIterator at = path.getPathIterator(linear, 0.3); !at.isDone(); at.next()) {
            int kind = at.currentSegment(point);
            double x = point[0];
            double y = point[1];
            double dx = 0;
            double dy = 0;
            for (int i = 0; i < WAVES; i++) {
                double phase = (x * wave[6 * i] + y * wave[6 * i + 1]) / 30 + 3 * wave[6 * i + 2];
                dx += 2.6 * wave[6 * i + 3] * Math.sin(phase);
                dy += 2.6 * wave[6 * i + 4] * Math.sin(phase + wave[6 * i + 5]);
            }
            if (kind == PathIterator.SEG_MOVETO) {
                out.moveTo(x + dx, y + dy);
            } else {
                out.lineTo(x + dx, y + dy);
            }
        }
        return out;
    }

    /** Scales a path to the size of an MNIST digit and centres it on the canvas. */
    private static Path2D fitted(Path2D path) {
        var box = path.getBounds2D();
        double scale = (INK_SIDE - 2.0) * SCALE / Math.max(box.getWidth(), box.getHeight());
        AffineTransform fit = new AffineTransform();
        fit.translate(CANVAS / 2.0, CANVAS / 2.0);
        fit.scale(scale, scale);
        fit.translate(-box.getCenterX(), -box.getCenterY());
        return new Path2D.Double(path, fit);
    }
}
