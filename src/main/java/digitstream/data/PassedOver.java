package digitstream.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Files that are not used because they can't be read.
 *
 * @param lines one line for each, with the file and the reason
 */
record PassedOver(List<String> lines) {
    static final PassedOver NONE = new PassedOver(List.of());
    private static final int SHOWN = 20;
    /** Of few pictures, as many may be bad, if these are not the most. */
    private static final int FEW = 10;

    PassedOver {
        lines = List.copyOf(lines);
    }

    PassedOver and(PassedOver others) {
        List<String> all = new ArrayList<>(lines);
        all.addAll(others.lines);
        return new PassedOver(all);
    }

    int count() {
        return lines.size();
    }

    /** The default limit: a tenth of the pictures, or ten if that is more, but never more than half. */
    static int limit(int pictures) {
        return Math.min(pictures / 2, Math.max(FEW, pictures / 10));
    }

    /** The lines for the log, at most {@value #SHOWN} files. */
    List<String> toLog() {
        List<String> log = new ArrayList<>();
        lines.stream().limit(SHOWN).map(line -> "Passed over: " + line).forEach(log::add);
        if (count() > SHOWN) {
            log.add("Passed over: " + (count() - SHOWN) + " more files");
        }
        return log;
    }
}
