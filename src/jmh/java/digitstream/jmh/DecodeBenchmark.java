package digitstream.jmh;

import digitstream.avro.DigitImage;
import digitstream.serde.AvroDecoder;
import digitstream.serde.WriterSchema;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.infra.Blackhole;

/** Decoding images from the Confluent wire format. */
public class DecodeBenchmark extends PerRecord {
    private final Headers headers = new RecordHeaders();
    private final List<byte[]> values =
            Records.images().stream().map(Records::encode).toList();
    private final AvroDecoder<DigitImage> decoder =
            new AvroDecoder<>(id -> new WriterSchema.Known(DigitImage.getClassSchema()), DigitImage.class);

    @Benchmark
    @OperationsPerInvocation(Records.BATCH)
    public void image(Blackhole blackhole) {
        for (byte[] value : values) {
            blackhole.consume(decoder.decode(headers, value));
        }
    }
}
