package digitstream.serde;

import digitstream.avro.DigitImage;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Limits on what Avro may allocate or instantiate for hostile bytes. Avro reads the size limits from system properties when
 * its classes load, so they are set before that, and only if the user has not set them.
 */
public final class AvroLimits {
    /** An image of 1,000 by 1,000 pixels has a million bytes, so 10 MiB is ample. */
    private static final String MAX_BYTES = Integer.toString(10 << 20);

    private AvroLimits() {}

    /** Sets the limits. Call this before the first use of Avro; later calls have no effect. */
    public static void apply() {
        setIfAbsent("org.apache.avro.limits.bytes.maxLength", MAX_BYTES);
        setIfAbsent("org.apache.avro.limits.string.maxLength", MAX_BYTES);
        setIfAbsent("org.apache.avro.limits.collectionItems.maxLength", "100000");
        // The classes that a schema may name and thus instantiate. Set by this call, not by Avro's system property:
        // Avro reads that once, perhaps before this, and would then reject our own classes.
        ClassSecurityValidator.setGlobal(
                ClassSecurityValidator.composite(ClassSecurityValidator.DEFAULT, type -> type.getPackageName()
                        .equals(DigitImage.class.getPackageName())));
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
