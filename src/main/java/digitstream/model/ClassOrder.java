package digitstream.model;

import digitstream.common.Digits;
import digitstream.common.Excerpt;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which digit each column of a model's output stands for. */
public final class ClassOrder {
    private static final List<String> WORDS =
            List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
    /** "3", or "3 - three" as in the classes of torchvision's MNIST. */
    private static final Pattern NUMBER = Pattern.compile("([0-9])(?: - ([a-z]+))?");

    private final int[] digitOfColumn;
    private final boolean isIdentity;

    private ClassOrder(int[] digitOfColumn) {
        this.digitOfColumn = digitOfColumn;
        boolean inOrder = true;
        for (int column = 0; column < digitOfColumn.length; column++) {
            inOrder &= digitOfColumn[column] == column;
        }
        this.isIdentity = inOrder;
    }

    /**
     * Reads the order from the names of the columns.
     *
     * @throws ModelException unless they name each digit once
     */
    static ClassOrder of(List<String> names) {
        if (names.size() != Digits.CLASSES) {
            throw new ModelException("classNames has " + names.size() + " entries, not " + Digits.CLASSES
                    + "; name the digit of each output column");
        }
        int[] digits = new int[Digits.CLASSES];
        int[] columns = new int[Digits.CLASSES];
        for (int column = 0; column < Digits.CLASSES; column++) {
            int digit = digit(names.get(column));
            if (digit < 0) {
                throw new ModelException("classNames[" + column + "] is '" + Excerpt.of(names.get(column))
                        + "', which is not a digit; use \"0\" to \"9\" or \"zero\" to \"nine\"");
            }
            if (columns[digit] > 0) {
                throw new ModelException("classNames[" + (columns[digit] - 1) + "] and classNames[" + column
                        + "] are both the digit " + digit + "; name each digit once");
            }
            columns[digit] = column + 1;
            digits[column] = digit;
        }
        return new ClassOrder(digits);
    }

    /** Returns the digit that a name stands for, or -1. */
    private static int digit(String name) {
        String text = name.strip().toLowerCase(Locale.ROOT);
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            return WORDS.indexOf(text);
        }
        int digit = Integer.parseInt(number.group(1));
        String word = number.group(2);
        return word == null || WORDS.get(digit).equals(word) ? digit : -1;
    }

    /**
     * Puts the columns of an output into the order of the digits.
     *
     * @param output rows of 10 columns, concatenated
     * @return the same array if the columns are in the order of the digits, otherwise another one
     */
    public float[] inDigitOrder(float[] output) {
        if (isIdentity) {
            return output;
        }
        float[] ordered = new float[output.length];
        for (int i = 0; i < output.length; i++) {
            int column = i % Digits.CLASSES;
            ordered[i - column + digitOfColumn[column]] = output[i];
        }
        return ordered;
    }
}
