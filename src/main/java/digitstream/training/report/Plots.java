package digitstream.training.report;

import digitstream.accuracy.AccuracyCounts;
import digitstream.common.Digits;
import digitstream.training.EpochResult;
import digitstream.training.Evaluation;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots an evaluation and its training history as PNG files, on a white background. */
final class Plots {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 420;
    private static final Color BLUE = new Color(0x1f77b4);
    private static final Color ORANGE = new Color(0xd95f02);
    private static final Color GREEN = new Color(0x1b9e77);
    private static final Color GREY = new Color(0x888888);
    private static final BasicStroke DASHED =
            new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 6}, 0);

    private Plots() {}

    /** Returns the PNG files by name. Without history there are no learning curves. */
    static Map<String, byte[]> of(Evaluation evaluation, List<EpochResult> history) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        if (!history.isEmpty()) {
            files.put("learning-curves.png", png(List.of(loss(history), error(history)), 1, 2));
        }
        files.put("confusion-matrix.png", png(List.of(confusion(evaluation.counts())), 1, 1));
        files.put("per-class.png", png(List.of(perClass(evaluation)), 1, 1));
        files.put("reliability.png", png(List.of(reliability(evaluation.counts())), 1, 1));
        return files;
    }

    private static byte[] png(List<Chart<?, ?>> charts, int rows, int columns) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            BitmapEncoder.saveBitmap(charts, rows, columns, out, BitmapEncoder.BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException("a plot can't be drawn", e);
        }
        return out.toByteArray();
    }

    private static XYChart loss(List<EpochResult> history) {
        XYChart chart = overEpochs("Loss", "mean cross-entropy, nats");
        chart.getStyler().setYAxisLogarithmic(true);
        line(chart, "training", history, BLUE, EpochResult::loss);
        if (history.get(0).validationLoss() != null) {
            line(chart, "validation", history, ORANGE, epoch -> Objects.requireNonNull(epoch.validationLoss()));
        }
        double lowest = history.stream()
                .mapToDouble(epoch ->
                        Math.min(epoch.loss(), Objects.requireNonNullElse(epoch.validationLoss(), epoch.loss())))
                .min()
                .orElse(1);
        // Whole decades, so that the axis has labels at both ends.
        chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(Math.max(1e-9, lowest)))));
        chart.getStyler()
                .setYAxisMax(Math.max(
                        1, Math.pow(10, Math.ceil(Math.log10(history.get(0).loss())))));
        return chart;
    }

    private static XYChart error(List<EpochResult> history) {
        XYChart chart = overEpochs("Error rate", "misclassified images, %");
        chart.getStyler().setYAxisMin(0.0);
        line(chart, "training", history, BLUE, epoch -> 100 * (1 - epoch.accuracy()));
        if (history.get(0).validationAccuracy() != null) {
            line(
                    chart,
                    "validation",
                    history,
                    ORANGE,
                    epoch -> 100 * (1 - Objects.requireNonNull(epoch.validationAccuracy())));
        }
        return chart;
    }

    private static XYChart overEpochs(String title, String axis) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("epoch")
                .yAxisTitle(axis)
                .build();
        plain(chart.getStyler());
        chart.getStyler().setXAxisDecimalPattern("0");
        return chart;
    }

    private static void line(
            XYChart chart, String name, List<EpochResult> history, Color colour, Function<EpochResult, Double> figure) {
        double[] epochs = history.stream().mapToDouble(EpochResult::epoch).toArray();
        // A logarithmic axis can't show 0.
        double[] figures = history.stream()
                .mapToDouble(epoch -> Math.max(1e-9, figure.apply(epoch)))
                .toArray();
        XYSeries series = chart.addSeries(name, epochs, figures);
        series.setMarker(history.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setMarkerColor(colour);
        series.setLineColor(colour);
    }

    /** The colour scale ends at the largest error, because the diagonal would hide all errors otherwise. */
    private static HeatMapChart confusion(AccuracyCounts counts) {
        HeatMapChart chart = new HeatMapChartBuilder()
                .width(WIDTH)
                .height(WIDTH)
                .title("Confusion matrix")
                .xAxisTitle("predicted")
                .yAxisTitle("actual")
                .build();
        int[] digits = IntStream.range(0, Digits.CLASSES).toArray();
        int[][] cells = new int[Digits.CLASSES][Digits.CLASSES];
        int largest = 1;
        for (int actual : digits) {
            for (int predicted : digits) {
                cells[predicted][actual] = (int) counts.confusion(actual, predicted);
                if (actual != predicted) {
                    largest = Math.max(largest, cells[predicted][actual]);
                }
            }
        }
        plain(chart.getStyler());
        chart.getStyler()
                .setShowValue(true)
                .setHeatMapValueDecimalPattern("0")
                .setMin(0)
                .setMax(largest)
                .setRangeColors(new Color[] {Color.WHITE, new Color(0xf4a582)})
                .setDrawBorder(true)
                .setLegendVisible(false);
        chart.addSeries("images", digits, digits, cells);
        return chart;
    }

    private static CategoryChart perClass(Evaluation evaluation) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Precision, recall and F1 by digit")
                .xAxisTitle("digit")
                .yAxisTitle("%")
                .build();
        plain(chart.getStyler());
        List<Integer> digits = IntStream.range(0, Digits.CLASSES).boxed().toList();
        double lowest = Math.min(
                bars(chart, "precision", digits, BLUE, evaluation::precision),
                bars(chart, "recall", digits, ORANGE, evaluation::recall));
        bars(chart, "F1", digits, GREEN, evaluation::f1);
        // Bars that start at 0 would all look the same.
        chart.getStyler().setYAxisMin(Math.floor(Math.max(0, lowest - 1))).setYAxisMax(100.0);
        return chart;
    }

    /** Adds bars and returns the lowest value. */
    private static double bars(
            CategoryChart chart, String name, List<Integer> digits, Color colour, Function<Integer, Double> figure) {
        List<Double> percent = digits.stream()
                .map(figure)
                .map(share -> share.isNaN() ? 0 : 100 * share)
                .toList();
        chart.addSeries(name, digits, percent).setFillColor(colour);
        return percent.stream().mapToDouble(share -> share).min().orElse(0);
    }

    private static XYChart reliability(AccuracyCounts counts) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Reliability")
                .xAxisTitle("mean confidence, %")
                .yAxisTitle("accuracy, %")
                .build();
        plain(chart.getStyler());
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(100.0).setYAxisMin(0.0).setYAxisMax(100.0);
        chart.addSeries("perfect calibration", new double[] {0, 100}, new double[] {0, 100})
                .setMarker(SeriesMarkers.NONE)
                .setLineStyle(DASHED)
                .setLineColor(GREY);
        List<Double> confidence = new ArrayList<>();
        List<Double> accuracy = new ArrayList<>();
        for (int bin = 0; bin < AccuracyCounts.CONFIDENCE_BINS; bin++) {
            if (counts.binCount(bin) > 0) {
                confidence.add(100 * counts.binConfidence(bin) / counts.binCount(bin));
                accuracy.add(100.0 * counts.binCorrect(bin) / counts.binCount(bin));
            }
        }
        XYSeries series = chart.addSeries("this model", confidence, accuracy);
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setMarkerColor(BLUE);
        series.setLineColor(BLUE);
        return chart;
    }

    private static void plain(Styler styler) {
        styler.setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setLegendBorderColor(Color.WHITE)
                .setAntiAlias(true)
                .setTextAntiAlias(true);
    }
}
