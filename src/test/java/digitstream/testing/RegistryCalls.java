package digitstream.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Registers schemas that our own client would not: of other kinds, with references, and with invalid names. */
public record RegistryCalls(String url) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A reference of a schema to a version of another subject. */
    public record Reference(String name, String subject, int version) {}

    /** Registers a schema and returns its id. */
    public int register(String subject, String kind, String schema, Reference... references)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("schema", schema).put("schemaType", kind);
        ArrayNode all = body.putArray("references");
        for (Reference reference : references) {
            all.addObject()
                    .put("name", reference.name())
                    .put("subject", reference.subject())
                    .put("version", reference.version());
        }
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"))
                                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        JsonNode id = JSON.readTree(response.body()).get("id");
        if (id == null) {
            throw new IOException("the registry refused the schema of " + subject + ": " + response.body());
        }
        return id.intValue();
    }
}
