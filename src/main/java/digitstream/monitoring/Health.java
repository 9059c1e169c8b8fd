package digitstream.monitoring;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import digitstream.common.Json;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Liveness and readiness of the process. A process that is not live needs a restart; one that is not ready is starting or is
 * temporarily not working. The JSON has the format of Eclipse MicroProfile Health. Thread-safe.
 */
public final class Health {
    private final List<Part> parts = new CopyOnWriteArrayList<>();

    /**
     * A part of the process.
     *
     * @param state a short description of the state, for the user
     */
    public record Part(String name, BooleanSupplier live, BooleanSupplier ready, Supplier<String> state) {}

    /** An HTTP response: status 200 if all parts are up, else 503. */
    record Report(boolean up, String json) {
        int status() {
            return up ? 200 : 503;
        }
    }

    /** Adds a part. Add parts that start later before the server starts, or the process would seem ready without them. */
    public void add(Part part) {
        parts.add(part);
    }

    Report live() {
        return report(Part::live);
    }

    Report ready() {
        return report(Part::ready);
    }

    private Report report(Function<Part, BooleanSupplier> condition) {
        ObjectNode json = Json.COMPACT.createObjectNode();
        json.put("status", "");
        ArrayNode checks = json.putArray("checks");
        boolean up = true;
        for (Part part : parts) {
            boolean partUp = condition.apply(part).getAsBoolean();
            up &= partUp;
            ObjectNode check = checks.addObject().put("name", part.name()).put("status", status(partUp));
            check.putObject("data").put("state", part.state().get());
        }
        json.put("status", status(up));
        return new Report(up, json.toString());
    }

    private static String status(boolean partUp) {
        return partUp ? "UP" : "DOWN";
    }
}
