package digitstream.score.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSegmentsTest {
    private static final long WIDTH_MILLIS = 1_000;
    private static final int IMAGES = 20_000;

    @TempDir
    Path folder;

    private final Random random = new Random(14);
    private final Map<String, byte[]> expected = new HashMap<>();

    @Test
    void findsTheLatestVersionInMemoryAndOnDisk() {
        try (ImageSegments segments = open()) {
            for (long now = 500; now < 4_000; now += WIDTH_MILLIS) {
                fill(segments, now, IMAGES);
                assertLookups(segments);
                segments.flush();
                assertLookups(segments);
            }
        }
        try (ImageSegments segments = open()) {
            assertLookups(segments);
        }
    }

    @Test
    void findsLongIdsAndLargeStates() {
        try (ImageSegments segments = open()) {
            StateChunk chunk = new StateChunk();
            for (int length : new int[] {1, 255, 256, 257, 5_000, 3}) {
                add(chunk, "i".repeat(length), bytes(length));
            }
            for (int length : new int[] {0, 4_095, 4_096, 4_097, 20_000, 1}) {
                add(chunk, "state of " + length, bytes(length));
            }
            write(segments, 500, chunk);
            assertLookups(segments);
            segments.flush();
            assertLookups(segments);
        }
    }

    @Test
    void doesNotFindStatesOfADroppedSegment() {
        try (ImageSegments segments = open()) {
            fill(segments, 500, 1_000);
            segments.flush();
            segments.drop(WIDTH_MILLIS);
            expected.replaceAll((id, state) -> null);
            assertLookups(segments);
        }
    }

    private ImageSegments open() {
        return new ImageSegments(folder.resolve("images").toFile(), WIDTH_MILLIS);
    }

    /** Puts new states, and new versions of old ones. */
    private void fill(ImageSegments segments, long nowMillis, int images) {
        StateChunk chunk = new StateChunk();
        for (int i = 0; i < images; i++) {
            String id = new UUID(0, random.nextInt(2 * IMAGES)).toString();
            if (!add(chunk, id, bytes(20 + random.nextInt(60)))) {
                write(segments, nowMillis, chunk);
                add(chunk, id, bytes(20));
            }
        }
        write(segments, nowMillis, chunk);
    }

    private boolean add(StateChunk chunk, String id, byte[] state) {
        boolean added = chunk.add(id.getBytes(UTF_8), ByteBuffer.wrap(state));
        if (added) {
            expected.put(id, state);
        }
        return added;
    }

    private void write(ImageSegments segments, long nowMillis, StateChunk chunk) {
        Batch batch = new Batch(1 << 10);
        batch.putAll(segments.segment(nowMillis), chunk.toBytes());
        segments.write(batch);
        chunk.clear();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void assertLookups(ImageSegments segments) {
        expected.forEach((id, state) ->
                assertThat(segments.get(id.getBytes(UTF_8))).as(id).isEqualTo(state));
        for (int i = 0; i < 1_000; i++) {
            assertThat(segments.get(new UUID(1, i).toString().getBytes(UTF_8))).isNull();
        }
    }
}
