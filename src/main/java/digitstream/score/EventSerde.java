package digitstream.score;

import digitstream.accuracy.ImageState;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Labels and predictions on their way to their partition, in the format of an {@link ImageState} that has only this one. */
final class EventSerde {
    private EventSerde() {}

    static Serde<ImageState.Event> create() {
        return Serdes.serdeFrom((topic, event) -> toBytes(event), (topic, bytes) -> fromBytes(bytes));
    }

    private static byte[] toBytes(ImageState.Event event) {
        ImageState state = event instanceof ImageState.Label label
                ? new ImageState(label, List.of(), 0)
                : new ImageState(null, List.of((ImageState.Predicted) event), 0);
        return state.toBytes();
    }

    private static ImageState.Event fromBytes(byte[] bytes) {
        ImageState state = ImageState.fromBytes(bytes);
        return state.predictions().isEmpty()
                ? Objects.requireNonNull(state.label(), "the event is neither a label nor a prediction")
                : state.predictions().get(0);
    }
}
