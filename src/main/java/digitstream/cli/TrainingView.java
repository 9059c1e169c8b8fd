package digitstream.cli;

import digitstream.training.EpochResult;
import digitstream.training.TrainingListener;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Locale;

/**
 * Prints the progress of a training. Prints a line per epoch, or per ten epochs if there are 100 or more, then with the total
 * loss as the tutorial prints it. On a terminal, also shows a progress bar within the epoch, with speed and remaining time.
 */
final class TrainingView implements TrainingListener {
    private static final int BAR_WIDTH = 30;
    private static final int MANY_EPOCHS = 100;
    private static final int MANY_EPOCHS_INTERVAL = 10;
    private static final long REDRAW_MILLIS = 200;

    private final PrintStream out;
    private final boolean terminal;
    private final Interrupts interrupts;
    private final Clock clock;
    private long startMillis;
    private long drawnMillis;
    private long imagesAtStart = -1;

    TrainingView(PrintStream out, boolean terminal, Interrupts interrupts, Clock clock) {
        this.out = out;
        this.terminal = terminal;
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
        if (!terminal || now - drawnMillis < REDRAW_MILLIS) {
            return;
        }
        drawnMillis = now;
        double imagesPerSecond = 1000.0 * (done - imagesAtStart) / Math.max(1, now - startMillis);
        int filled = (int) ((long) BAR_WIDTH * imagesDone / images);
        out.printf(
                Locale.ROOT,
                "\r\033[K  epoch %2d/%d [%s%s]  %,.0f images/s  %s left",
                epoch,
                epochs,
                "#".repeat(filled),
                "-".repeat(BAR_WIDTH - filled),
                imagesPerSecond,
                time(((long) epochs * images - done) / Math.max(1, imagesPerSecond)));
        out.flush();
    }

    @Override
    public void epoch(EpochResult result, int epochs) {
        boolean many = epochs >= MANY_EPOCHS;
        if (many && result.epoch() % MANY_EPOCHS_INTERVAL != 0 && result.epoch() != epochs) {
            return;
        }
        Double validation = result.validationAccuracy();
        out.printf(
                Locale.ROOT,
                "%s  epoch %2d/%d  %s %.4f  accuracy %.2f %%%s  %,.0f images/s%n",
                terminal ? "\r\033[K" : "",
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
