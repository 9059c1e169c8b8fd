package digitstream.serde;

import digitstream.avro.DigitImage;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Bounds on what Avro may make of hostile bytes. Avro reads them from system properties when its classes load, so they
 * are set before that, and only where the user has not set them.
 */
public final class AvroLimits {
    /** An image of 1,000 by 1,000 pixels has a million bytes; more than ten is no digit. */
    private static final String MAX_BYTES = Integer.toString(10 << 20);

    private AvroLimits() {}

    /** Sets the bounds. To be called before the first use of Avro; later calls change nothing. */
    public static void apply() {
        setIfAbsent("org.apache.avro.limits.bytes.maxLength", MAX_BYTES);
        setIfAbsent("org.apache.avro.limits.string.maxLength", MAX_BYTES);
        setIfAbsent("org.apache.avro.limits.collectionItems.maxLength", "100000");
        // The classes that a schema may name, and so have made: by the call and not by its properties, which Avro reads
        // once,
        // perhaps before this, and then nothing of ours could be read.
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
