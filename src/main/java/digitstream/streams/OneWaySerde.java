package digitstream.streams;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Serdes for values that only go one way. */
public final class OneWaySerde {
    private OneWaySerde() {}

    /** Writes values that this topology never reads back. */
    public static <T> Serde<T> writing(Serializer<T> serializer) {
        return Serdes.serdeFrom(serializer, (topic, bytes) -> {
            throw new UnsupportedOperationException("values of topic " + topic + " are only written here");
        });
    }

    /** One value, whatever it is: a byte to keep a place in a cache, and the value again when it is read. */
    public static <T> Serde<T> ofConstant(T value) {
        return Serdes.serdeFrom((topic, ignored) -> new byte[] {1}, (topic, ignored) -> value);
    }
}
