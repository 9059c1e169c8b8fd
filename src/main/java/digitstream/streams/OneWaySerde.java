package digitstream.streams;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Serdes that do not read back what they write. */
public final class OneWaySerde {
    private OneWaySerde() {}

    /** A serde for values that the topology only writes. Its deserializer throws {@link UnsupportedOperationException}. */
    public static <T> Serde<T> writing(Serializer<T> serializer) {
        return Serdes.serdeFrom(serializer, (topic, bytes) -> {
            throw new UnsupportedOperationException("values of topic " + topic + " are only written, never read");
        });
    }

    /** A serde for a constant: writes a placeholder byte and always returns the constant. */
    public static <T> Serde<T> ofConstant(T value) {
        return Serdes.serdeFrom((topic, ignored) -> new byte[] {1}, (topic, ignored) -> value);
    }
}
