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
     * Reads the body. Blocks while nothing arrives, at most for Jetty's idle timeout of 30 s.
     *
     * @throws io.javalin.http.HttpResponseException if the body is too large, too slow or incomplete
     */
    public static byte[] read(Context context) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = context.bodyInputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                body.write(buffer, 0, length);
                if (body.size() > MAX_BYTES) {
                    throw tooLarge();
                }
                if (System.nanoTime() - end > 0) {
                    throw tooSlow();
                }
            }
        } catch (IOException e) {
            throw e.getCause() instanceof TimeoutException
                    ? tooSlow()
                    : new BadRequestResponse("the request body ended early; send it again");
        }
        return body.toByteArray();
    }

    private static RequestTimeoutResponse tooSlow() {
        return new RequestTimeoutResponse(
                "the request body did not arrive within " + DEADLINE.toSeconds() + " s; send it again");
    }
}
