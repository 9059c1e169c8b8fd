package digitstream.streams;

import java.util.Locale;

/** Why a record is a dead letter. A closed set, because it is also a metric tag. */
public enum DeadLetterReason {
    /** The record has no key. */
    NULL_KEY,
    /** The record has no value. */
    NULL_VALUE,
    /** The value is not Avro in the Confluent wire format, or its schema is unknown or incompatible. */
    UNDECODABLE,
    /** The decoded value is invalid: for example a wrong image size, an image id other than the key, or a label over 9. */
    INVALID,
    /** The model fails on this image or returns no probability distribution for it, but works on other images. */
    UNCLASSIFIABLE;

    /** The value of the {@value DeadLetters#REASON} header and of the metric's {@code reason} tag, in kebab case. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
