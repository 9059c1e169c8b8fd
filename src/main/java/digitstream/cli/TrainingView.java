package digitstream.cli;

import digitstream.training.EpochResult;
import digitstream.training.TrainingListener;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Locale;

/**
 * Training as people see it: on a terminal a bar within the epoch, with speed and time left; everywhere a line for each
 * epoch, or, where there are hundreds, for each tenth, with the total loss as the tutorial printed it.
 */
final class TrainingView implements TrainingListener {
    private static final int BAR = 30;
    private static final int MANY_EPOCHS = 100;
    private static final int EVERY = 10;
    private static final long REDRAW_MILLIS = 200;

    private final PrintStream out;
    private final boolean terminal;
    private final Interrupts interrupts;
    private final Clock clock;
    private long startMillis;
    private long drawnMillis;
    private long imagesBefore = -1;

    TrainingView(PrintStream out, boolean terminal, Interrupts interrupts, Clock clock) {
        this.out = out;
        this.terminal = terminal;
        this.interrupts = interrupts;
        this.clock = clock;
    }

    @Override
    public boolean wantsStop() {
        return interrupts.asked();
    }

    @Override
    public void progress(int epoch, int epochs, int imagesDone, int images) {
        long now = clock.millis();
        long done = (long) (epoch - 1) * images + imagesDone;
        if (imagesBefore < 0) {
            imagesBefore = done;
            startMillis = now;
        }
        if (!terminal || now - drawnMillis < REDRAW_MILLIS) {
            return;
        }
        drawnMillis = now;
        double imagesPerSecond = 1000.0 * (done - imagesBefore) / Math.max(1, now - startMillis);
        int filled = (int) ((long) BAR * imagesDone / images);
        out.printf(
                Locale.ROOT,
                "\r\033[K  epoch %2d/%d [%s%s]  %,.0f images/s  %s left",
                epoch,
                epochs,
                "#".repeat(filled),
                "-".repeat(BAR - filled),
                imagesPerSecond,
                time(((long) epochs * images - done) / Math.max(1, imagesPerSecond)));
        out.flush();
    }

    @Override
    public void epoch(EpochResult result, int epochs) {
        boolean many = epochs >= MANY_EPOCHS;
        if (many && result.epoch() % EVERY != 0 && result.epoch() != epochs) {
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
