package digitstream.serde;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Bounds the work of reading a value by its bytes. A record may have fields that take no bytes, and a schema of a few thousand
 * characters can nest them so often that skipping them takes for ever.
 */
final class SchemaSize {
    private static final long MAX_FIELDS = 10_000;
    private static final long MAX_FIELDS_OF_AN_ITEM = 1_000;

    private final Map<String, Size> records = new HashMap<>();

    private SchemaSize() {}

    /** The values that a value consists of at most, items of arrays and maps aside, and its bytes at least. */
    private record Size(long fields, long minBytes) {
        /** A value in its own definition: a value of finite size repeats it only behind a union, array or map. */
        private static final Size REPEATED = new Size(1, 1);
    }

    /** Why values of this schema may take too long to read, in one line, or empty if they do not. */
    static Optional<String> fault(Schema schema) {
        try {
            return new SchemaSize().of(schema).fields() > MAX_FIELDS
                    ? Optional.of("a value has more than " + MAX_FIELDS + " nested fields")
                    : Optional.empty();
        } catch (TooLargeItemException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Size of(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> new Size(1, 0);
            case FIXED -> new Size(1, schema.getFixedSize());
            case ARRAY -> collection(schema.getElementType(), 0);
            case MAP -> collection(schema.getValueType(), 1);
            case UNION ->
                new Size(
                        1
                                + schema.getTypes().stream()
                                        .mapToLong(type -> of(type).fields())
                                        .max()
                                        .orElse(0),
                        1);
            case RECORD -> ofRecord(schema);
            default -> new Size(1, 1);
        };
    }

    private Size ofRecord(Schema schema) {
        Size known = records.putIfAbsent(schema.getFullName(), Size.REPEATED);
        if (known != null) {
            return known;
        }
        long fields = 1;
        long minBytes = 0;
        for (Schema.Field field : schema.getFields()) {
            Size size = of(field.schema());
            fields = Math.min(fields + size.fields(), Integer.MAX_VALUE);
            minBytes = Math.min(minBytes + size.minBytes(), Integer.MAX_VALUE);
        }
        Size size = new Size(fields, minBytes);
        records.put(schema.getFullName(), size);
        return size;
    }

    private Size collection(Schema items, int bytesOfKey) {
        Size item = of(items);
        if (item.minBytes() + bytesOfKey == 0 || item.fields() > MAX_FIELDS_OF_AN_ITEM) {
            throw new TooLargeItemException(
                    item.fields() > MAX_FIELDS_OF_AN_ITEM
                            ? "an item of an array or map has more than " + MAX_FIELDS_OF_AN_ITEM + " nested fields"
                            : "the items of an array take no bytes");
        }
        return new Size(1, 1);
    }

    private static final class TooLargeItemException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLargeItemException(String message) {
            super(message);
        }
    }
}
