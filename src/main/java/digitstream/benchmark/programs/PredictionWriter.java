package digitstream.benchmark.programs;

import digitstream.avro.DigitImage;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.model.ModelCard;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import java.time.Instant;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.PrimitivesArrays.FloatArray;

/** Encodes predictions as the serving process does. Not thread-safe. */
final class PredictionWriter {
    private static final Schema PROBABILITIES =
            Prediction.getClassSchema().getField("probabilities").schema();

    private final AvroSerializer<Prediction> serializer;
    private final String topic;
    private final String modelName;
    private final String modelVersion;

    PredictionWriter(SchemaRegistry schemas, String topic, ModelCard card) {
        this(schemas, topic, card.name(), card.version());
    }

    PredictionWriter(SchemaRegistry schemas, String topic, String modelName, String modelVersion) {
        this.serializer = new AvroSerializer<>(schemas, Prediction.class);
        this.topic = topic;
        this.modelName = modelName;
        this.modelVersion = modelVersion;
    }

    /**
     * Encodes one prediction.
     *
     * @param probabilities of the whole batch
     * @param from the index of the image's first probability
     * @param imagesTopic where the image was read, with partition and offset
     */
    byte[] encode(
            DigitImage image,
            float[] probabilities,
            int from,
            Instant predictedAt,
            int batchSize,
            String imagesTopic,
            int partition,
            long offset) {
        FloatArray ofImage = new FloatArray(Digits.CLASSES, PROBABILITIES);
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            ofImage.add(digit, probabilities[from + digit]);
        }
        int label = Digits.argmax(probabilities, from);
        Prediction prediction = new Prediction(
                image.getImageId(),
                label,
                probabilities[from + label],
                ofImage,
                modelName,
                modelVersion,
                imagesTopic,
                partition,
                offset,
                image.getEventTime(),
                predictedAt,
                batchSize);
        return Objects.requireNonNull(serializer.serialize(topic, prediction));
    }

    /** Returns the pixels of an image. */
    static byte[] pixels(DigitImage image) {
        byte[] pixels = new byte[image.getPixels().remaining()];
        image.getPixels().duplicate().get(pixels);
        return pixels;
    }
}
