package digitstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import digitstream.common.Json;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Formats records as JSON objects: partition, offset, timestamp and key, then the fields of the value. Times are in ISO 8601 in
 * UTC. Keys and headers are text if they are valid UTF-8, and base64 otherwise; other bytes are base64.
 */
public final class RecordJson {
    private RecordJson() {}

    /** Formats a record with an Avro value, on one line. */
    public static String line(ConsumerRecord<byte[], byte[]> record, SpecificRecord value) {
        ObjectNode json = head(record);
        put(json, value);
        return text(json);
    }

    /** Converts an Avro value alone. */
    public static ObjectNode of(SpecificRecord value) {
        ObjectNode json = Json.COMPACT.createObjectNode();
        put(json, value);
        return json;
    }

    private static void put(ObjectNode json, SpecificRecord value) {
        for (Schema.Field field : value.getSchema().getFields()) {
            json.set(field.name(), node(value.get(field.pos())));
        }
    }

    /** Formats a record without decoding its value, such as a dead letter, on one line. */
    public static String line(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode json = head(record);
        ObjectNode headers = json.putObject("headers");
        for (Header header : record.headers()) {
            put(headers, header.key(), header.value());
        }
        byte[] value = record.value();
        json.put("valueBase64", value == null ? null : Base64.getEncoder().encodeToString(value));
        return text(json);
    }

    /** Formats a record whose value can't be decoded, on one line. */
    public static String line(ConsumerRecord<byte[], byte[]> record, String fault) {
        return text(head(record).put("unreadable", fault));
    }

    private static ObjectNode head(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode json = Json.COMPACT
                .createObjectNode()
                .put("partition", record.partition())
                .put("offset", record.offset())
                .put("timestamp", Instant.ofEpochMilli(record.timestamp()).toString());
        put(json, "key", record.key());
        return json;
    }

    private static void put(ObjectNode json, String name, byte @Nullable [] bytes) {
        if (bytes == null) {
            json.putNull(name);
            return;
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            json.put(name, text.toString());
        } catch (CharacterCodingException notText) {
            json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    private static JsonNode node(@Nullable Object value) {
        JsonNodeFactory nodes = Json.COMPACT.getNodeFactory();
        if (value == null) {
            return nodes.nullNode();
        } else if (value instanceof SpecificRecord nested) {
            return of(nested);
        } else if (value instanceof List<?> list) {
            ArrayNode array = nodes.arrayNode();
            list.forEach(element -> array.add(node(element)));
            return array;
        } else if (value instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return nodes.textNode(Base64.getEncoder().encodeToString(copy));
        } else if (value instanceof Instant time) {
            return nodes.textNode(time.toString());
        } else {
            return Json.COMPACT.valueToTree(value);
        }
    }

    private static String text(ObjectNode json) {
        try {
            return Json.COMPACT.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written as JSON", e);
        }
    }
}
