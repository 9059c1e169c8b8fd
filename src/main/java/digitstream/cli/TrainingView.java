package digitstream.cli;

import digitstream.common.LiveLines;
import digitstream.training.EpochResult;
import digitstream.training.TrainingListener;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Prints the progress of a training. Prints a line per epoch, or per ten epochs if there are 100 or more, then with the total
 * loss as the tutorial prints it. On a terminal, also shows a progress bar within the epoch, with speed and remaining time.
 */
final class TrainingView implements TrainingListener {
    private static final int BAR_WIDTH = 30;
    private static final int MIN_BAR_WIDTH = 5;
    private static final int MANY_EPOCHS = 100;
    private static final int MANY_EPOCHS_INTERVAL = 10;
    private static final long REDRAW_MILLIS = 200;

    private final PrintStream out;
    private final Optional<LiveLines> live;
    private final Interrupts interrupts;
    private final Clock clock;
    private long startMillis;
    private long drawnMillis;
    private long imagesAtStart = -1;

    /**
     * Creates the view.
     *
     * @param live a line on {@code out} that can be redrawn; empty if it is no such terminal
     */
    TrainingView(PrintStream out, Optional<LiveLines> live, Interrupts interrupts, Clock clock) {
        this.out = out;
        this.live = live;
        this.interrupts = interrupts;
        this.clock = clock;
    }

    @Override
    public boolean wantsStop() {
        return interrupts.stopRequested();
    }

    @Override
    public void progress(int epoch, int epochs, int imagesDone, int images) {
        long now = clock.millis();
        long done = (long) (epoch - 1) * images + imagesDone;
        if (imagesAtStart < 0) {
            imagesAtStart = done;
            startMillis = now;
        }
        if (live.isEmpty() || now - drawnMillis < REDRAW_MILLIS) {
            return;
        }
        drawnMillis = now;
        double imagesPerSecond = 1000.0 * (done - imagesAtStart) / Math.max(1, now - startMillis);
        String before = String.format(Locale.ROOT, "  epoch %2d/%d", epoch, epochs);
        String after = String.format(
                Locale.ROOT,
                "  %,.0f images/s  %s left",
                imagesPerSecond,
                time(((long) epochs * images - done) / Math.max(1, imagesPerSecond)));
        String bar = bar(live.get().width() - before.length() - after.length(), (double) imagesDone / images);
        live.get().draw(List.of(before + bar + after));
    }

    /** Returns a bar that takes at most this many characters; empty if they are too few for one. */
    private static String bar(int room, double done) {
        int width = Math.min(BAR_WIDTH, room - " []".length());
        if (width < MIN_BAR_WIDTH) {
            return "";
        }
        int filled = (int) (width * done);
        return " [" + "#".repeat(filled) + "-".repeat(width - filled) + "]";
    }

    @Override
    public void epoch(EpochResult result, int epochs) {
        boolean many = epochs >= MANY_EPOCHS;
        if (many && result.epoch() % MANY_EPOCHS_INTERVAL != 0 && result.epoch() != epochs) {
            return;
        }
        live.ifPresent(LiveLines::clear);
        Double validation = result.validationAccuracy();
        out.printf(
                Locale.ROOT,
                "  epoch %2d/%d  %s %.4f  accuracy %.2f %%%s  %,.0f images/s%n",
                result.epoch(),
                epochs,
                many ? "total loss" : "loss",
                many ? result.totalLoss() : result.loss(),
                100 * result.accuracy(),
                validation == null ? "" : String.format(Locale.ROOT, "  validation %.2f %%", 100 * validation),
                result.imagesPerSecond());
    }

    private static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole < 60
                ? whole + " s"
                : whole < 3600
                        ? whole / 60 + " min " + whole % 60 + " s"
                        : whole / 3600 + " h " + whole / 60 % 60 + " min";
    }
}
