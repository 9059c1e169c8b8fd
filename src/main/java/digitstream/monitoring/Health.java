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
 * Whether the process lives (if not, it is to be restarted) and is ready (if not, it has not begun to work, or has stopped for
 * now). As Json.COMPACT it has the form of Eclipse MicroProfile Health. Safe for use by several threads.
 */
public final class Health {
    private final List<Part> parts = new CopyOnWriteArrayList<>();

    /**
     * A part of the process.
     *
     * @param state a few words, for people
     */
    public record Part(String name, BooleanSupplier live, BooleanSupplier ready, Supplier<String> state) {}

    /** An answer over HTTP: 200 where all parts are well, else 503. */
    record Report(boolean up, String json) {
        int status() {
            return up ? 200 : 503;
        }
    }

    /** Adds a part: one that is yet to come is to be added before anybody can ask. */
    public void add(Part part) {
        parts.add(part);
    }

    Report live() {
        return report(Part::live);
    }

    Report ready() {
        return report(Part::ready);
    }

    private Report report(Function<Part, BooleanSupplier> question) {
        ObjectNode json = Json.COMPACT.createObjectNode();
        json.put("status", "");
        ArrayNode checks = json.putArray("checks");
        boolean up = true;
        for (Part part : parts) {
            boolean well = question.apply(part).getAsBoolean();
            up &= well;
            ObjectNode check = checks.addObject().put("name", part.name()).put("status", status(well));
            check.putObject("data").put("state", part.state().get());
        }
        json.put("status", status(up));
        return new Report(up, json.toString());
    }

    private static String status(boolean well) {
        return well ? "UP" : "DOWN";
    }
}
