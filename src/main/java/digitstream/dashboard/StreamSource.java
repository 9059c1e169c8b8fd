package digitstream.dashboard;

import digitstream.common.EventTimeRange;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import digitstream.settings.VerdictSettings;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * The stream that is watched, and its bounds.
 *
 * @param clients configuration of the Kafka clients
 * @param admin closed by the caller
 * @param schemas closed by the caller
 * @param times the event times that scoring accepts
 * @param drawnDigits whether digits that are drawn on the page are scored
 * @param bounds when the stream is in trouble
 * @param classifyingGroup the consumer group of the classifying topology, whose lag is watched
 * @param scoringGroup that of the scoring topology
 */
public record StreamSource(
        Map<String, String> clients,
        Admin admin,
        SchemaRegistry schemas,
        Topics topics,
        EventTimeRange times,
        boolean drawnDigits,
        VerdictSettings bounds,
        String classifyingGroup,
        String scoringGroup) {

    /** Returns the stream that the settings describe. */
    public static StreamSource of(Settings settings, Map<String, String> clients, Admin admin, SchemaRegistry schemas) {
        return new StreamSource(
                clients,
                admin,
                schemas,
                settings.topics(),
                settings.score().eventTimes(),
                settings.score().drawnDigits(),
                settings.verdict(),
                settings.classifyApplicationId(),
                settings.scoreApplicationId());
    }
}
