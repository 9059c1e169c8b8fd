package digitstream.streams;

import java.util.Locale;

/** Why a record is a dead letter, in a closed set that can be counted by. */
public enum DeadLetterReason {
    /** The record has no key. */
    NULL_KEY,
    /** The record has no value. */
    NULL_VALUE,
    /** The bytes are not Avro in the Confluent wire format under a known schema. */
    UNDECODABLE,
    /** The value was read and says something impossible: a wrong pixel count or size, another id than the key's, an unknown digit. */
    INVALID,
    /** The model failed on this record, and on this one only. */
    UNCLASSIFIABLE;

    /** The code that stands in the header {@value DeadLetters#REASON}: lower case with hyphens. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
