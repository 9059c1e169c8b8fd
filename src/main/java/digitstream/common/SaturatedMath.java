package digitstream.common;

/** Arithmetic on longs that stops at the smallest and the largest value instead of overflowing. */
public final class SaturatedMath {
    private SaturatedMath() {}

    /** a + b. */
    public static long add(long a, long b) {
        long sum = a + b;
        // An overflow has happened if both arguments have the sign that the sum has not.
        return ((a ^ sum) & (b ^ sum)) < 0 ? limit(a) : sum;
    }

    /** a - b. */
    public static long subtract(long a, long b) {
        long difference = a - b;
        return ((a ^ b) & (a ^ difference)) < 0 ? limit(a) : difference;
    }

    private static long limit(long sign) {
        return sign < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
}
