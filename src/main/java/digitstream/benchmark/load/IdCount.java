package digitstream.benchmark.load;

import java.util.BitSet;
import java.util.Locale;

/** Counts ids that end with a nine-digit number, each once. Used by one thread. */
public final class IdCount {
    private static final int DIGITS = 9;

    private final BitSet seen;
    private final int expected;
    private int distinct;
    private long doubled;
    private long foreign;

    /** Expects the numbers from 0 to this one, exclusive. */
    public IdCount(int expected) {
        this.expected = expected;
        this.seen = new BitSet(expected);
    }

    /**
     * Counts an id.
     *
     * @return its number if it is counted for the first time; otherwise -1
     */
    public int count(byte[] id) {
        int number = number(id);
        if (number < 0 || number >= expected) {
            foreign++;
            return -1;
        }
        if (seen.get(number)) {
            doubled++;
            return -1;
        }
        seen.set(number);
        distinct++;
        return number;
    }

    /** Returns the number at the end of an id, or -1 if there is none. */
    public static int number(byte[] id) {
        if (id.length < DIGITS) {
            return -1;
        }
        int number = 0;
        for (int i = id.length - DIGITS; i < id.length; i++) {
            int digit = id[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    public int distinct() {
        return distinct;
    }

    public boolean isComplete() {
        return distinct == expected;
    }

    /** Returns why the counts are not exact, or an empty string if each expected id was counted once and no other. */
    public String fault() {
        return fault(expected);
    }

    /** Returns the same if fewer ids than expected were sent. */
    public String fault(int sent) {
        String fault = "";
        if (distinct < sent || doubled > 0) {
            fault = String.format(Locale.ROOT, "%,d images missing, %,d doubled", sent - distinct, doubled);
        }
        if (foreign > 0) {
            fault += (fault.isEmpty() ? "" : ", ") + String.format(Locale.ROOT, "%,d unknown ids", foreign);
        }
        return fault;
    }
}
