package digitstream.dashboard.access;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/**
 * Bounds how many requests of a kind are handled at once, and refuses further ones with status 503. Reading a request's body and
 * writing a response block a thread for as long as the client likes, so without a bound slow clients would take all threads.
 */
public final class Bounded extends Handler.Wrapper {
    /** Each holds up to {@link RequestBody#MAX_BYTES} of memory, and a thread until its body has arrived. */
    private static final int BODIES = 32;

    /**
     * Below the 250 threads of Javalin's server, so that the others are left for health. Includes the pages, each of which is one
     * request for as long as it is open.
     */
    private static final int REQUESTS = 200;

    private static final String CONNECTION = Bounded.class.getName() + ".connection";

    private final Predicate<Request> kind;
    private final Semaphore free;

    private Bounded(int max, Predicate<Request> kind) {
        this.kind = kind;
        this.free = new Semaphore(max);
    }

    /** Bounds the requests with a body, and all requests except those for health. */
    public static void addTo(Server server, String basePath) {
        server.insertHandler(new Bounded(BODIES, Bounded::hasBody));
        server.insertHandler(new Bounded(
                REQUESTS, request -> !Request.getPathInContext(request).startsWith(basePath + "/health/")));
    }

    private static boolean hasBody(Request request) {
        return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }

    /** Lets the reading of a request's body fail if nothing arrives for this time, until the result is run. */
    static Runnable silence(HttpServletRequest request, Duration atMost) {
        if (!(request.getAttribute(CONNECTION) instanceof EndPoint connection)) {
            return () -> {};
        }
        long before = connection.getIdleTimeout();
        connection.setIdleTimeout(atMost.toMillis());
        return () -> connection.setIdleTimeout(before);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!kind.test(request)) {
            return super.handle(request, response, callback);
        }
        if (!free.tryAcquire()) {
            Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
            return true;
        }
        request.setAttribute(
                CONNECTION, request.getConnectionMetaData().getConnection().getEndPoint());
        Request.addCompletionListener(request, failure -> free.release());
        return super.handle(request, response, callback);
    }
}
