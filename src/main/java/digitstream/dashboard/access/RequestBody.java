package digitstream.dashboard.access;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import io.javalin.http.RequestTimeoutResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Reads the body of a request, with a limit of its size and of the time that it may take. */
public final class RequestBody {
    /** The largest drawing in base64, with some margin. */
    static final int MAX_BYTES = 400_000;

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** A body that says nothing for longer gives its place to another. */
    static final Duration SILENCE = Duration.ofSeconds(2);

    /** After the same time, a body must come at this rate. A drawing then arrives within the deadline on any network. */
    private static final long MIN_BYTES_PER_SECOND = 1_000;

    private static final int BUFFER_BYTES = 8 << 10;

    private RequestBody() {}

    /** Refuses a body that is announced as too large, without reading it. */
    static void requireSize(Context context) {
        if (context.req().getContentLengthLong() > MAX_BYTES) {
            throw tooLarge();
        }
    }

    private static ContentTooLargeResponse tooLarge() {
        return new ContentTooLargeResponse(
                "the request body has more than " + MAX_BYTES + " bytes; send a smaller drawing");
    }

    /**
     * Reads the body. Blocks while nothing arrives, at most for {@link #SILENCE}.
     *
     * @throws io.javalin.http.HttpResponseException if the body is too large, too slow or incomplete
     */
    public static byte[] read(Context context) {
        long start = System.nanoTime();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        Runnable restore = Bounded.silence(context.req(), SILENCE);
        try (InputStream in = context.bodyInputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                body.write(buffer, 0, length);
                if (body.size() > MAX_BYTES) {
                    throw tooLarge();
                }
                if (isTooSlow(body.size(), Duration.ofNanos(System.nanoTime() - start))) {
                    throw tooSlow();
                }
            }
        } catch (IOException e) {
            throw e.getCause() instanceof TimeoutException
                    ? tooSlow()
                    : new BadRequestResponse("the request body ended early; send it again");
        } finally {
            restore.run();
        }
        return body.toByteArray();
    }

    private static boolean isTooSlow(long bytes, Duration time) {
        return time.compareTo(DEADLINE) > 0
                || bytes < MIN_BYTES_PER_SECOND * time.minus(SILENCE).toMillis() / 1_000;
    }

    private static RequestTimeoutResponse tooSlow() {
        return new RequestTimeoutResponse("the request body arrives too slowly; send it again");
    }
}
