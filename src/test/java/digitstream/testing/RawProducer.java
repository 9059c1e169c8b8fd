package digitstream.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Produces what the Java client refuses to send and other clients send: records with any timestamp. Speaks Kafka's protocol to
 * one broker, which must be the leader of all partitions. One thread at a time.
 */
public final class RawProducer implements AutoCloseable {
    private static final short VERSION = 9;

    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int BASE_TIMESTAMP_AT = 27;
    private static final int MAX_TIMESTAMP_AT = 35;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int requests;

    public RawProducer(String bootstrapServer) throws IOException {
        int colon = bootstrapServer.lastIndexOf(':');
        this.socket =
                new Socket(bootstrapServer.substring(0, colon), Integer.parseInt(bootstrapServer.substring(colon + 1)));
        // Otherwise each request waits 40 ms for the acknowledgement of its first part.
        socket.setTcpNoDelay(true);
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    /** Produces one record, and returns its offset. */
    public long send(String topic, int partition, long timestamp, byte[] key, byte[] value, Header... headers)
            throws IOException {
        ByteBuffer batch = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(0, key, value, headers))
                .buffer();
        batch.putLong(BASE_TIMESTAMP_AT, timestamp).putLong(MAX_TIMESTAMP_AT, timestamp);
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(ATTRIBUTES_AT));
        batch.putInt(CRC_AT, (int) crc.getValue());

        ProduceRequest request = ProduceRequest.builder(new ProduceRequestData()
                        .setAcks((short) -1)
                        .setTimeoutMs(10_000)
                        .setTopicData(new TopicProduceDataCollection(List.of(new TopicProduceData()
                                        .setName(topic)
                                        .setPartitionData(List.of(new PartitionProduceData()
                                                .setIndex(partition)
                                                .setRecords(MemoryRecords.readableRecords(batch)))))
                                .iterator())))
                .build(VERSION);
        RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, VERSION, "raw-producer", requests++);
        ByteBuffer bytes = request.serializeWithHeader(header);
        out.writeInt(bytes.remaining());
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        out.flush();

        byte[] response = new byte[in.readInt()];
        in.readFully(response);
        PartitionProduceResponse produced = ((ProduceResponse)
                        AbstractResponse.parseResponse(ByteBuffer.wrap(response), header))
                .data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0);
        if (produced.errorCode() != Errors.NONE.code()) {
            throw new IOException(
                    "the broker answered " + Errors.forCode(produced.errorCode()) + " for a timestamp of " + timestamp);
        }
        return produced.baseOffset();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
