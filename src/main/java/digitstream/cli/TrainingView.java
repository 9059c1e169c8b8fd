package digitstream.cli;

import digitstream.training.TrainingListener;
import java.io.PrintStream;
import java.util.Locale;

/** Training as people see it: a bar within an epoch on a terminal, and a line for each epoch everywhere. */
final class TrainingView implements TrainingListener {
    private static final int BAR = 30;

    private final PrintStream out;
    private final boolean terminal;
    private int shown = -1;

    TrainingView(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void progress(int epoch, int epochs, int imagesDone, int images) {
        int filled = (int) ((long) BAR * imagesDone / images);
        if (terminal && filled != shown) {
            shown = filled;
            out.printf("\r  epoch %2d/%d [%s%s]", epoch, epochs, "#".repeat(filled), "-".repeat(BAR - filled));
            out.flush();
        }
    }

    @Override
    public void epoch(int epoch, int epochs, double loss, double accuracy, double imagesPerSecond) {
        out.printf(
                Locale.ROOT,
                "%s  epoch %2d/%d  loss %.4f  accuracy %.2f %%  %,.0f images/s%n",
                terminal ? "\r\033[K" : "",
                epoch,
                epochs,
                loss,
                100 * accuracy,
                imagesPerSecond);
    }
}
