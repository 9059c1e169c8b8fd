package digitstream.dashboard;

import digitstream.common.Secrets;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * Where a stream is, and the commands that produce to it and serve it, for the page without images. Contains no passwords.
 *
 * @param images the topic
 * @param produce the command
 * @param serve likewise
 */
record StreamNames(String images, String produce, String serve) {
    private static final String PROGRAM = "./scripts/digitstream ";

    static StreamNames of(StreamSource source) {
        Settings defaults = Settings.parse(Map.of());
        Topics usual = defaults.topics();
        Topics topics = source.topics();
        Map<String, String> produced = new TreeMap<>();
        putIfOther(produced, "topic.images", topics.images(), usual.images());
        putIfOther(produced, "topic.labels", topics.labels(), usual.labels());
        Map<String, String> served = new TreeMap<>(produced);
        putIfOther(served, "topic.predictions", topics.predictions(), usual.predictions());
        putIfOther(served, "topic.accuracy", topics.accuracy(), usual.accuracy());
        putIfOther(served, "topic.models", topics.models(), usual.models());
        putIfOther(served, "topic.dead.letters", topics.deadLetters(), usual.deadLetters());
        putIfOther(served, "classify.application.id", source.classifyingGroup(), defaults.classifyApplicationId());
        putIfOther(served, "score.application.id", source.scoringGroup(), defaults.scoreApplicationId());
        return new StreamNames(
                topics.images(),
                PROGRAM + "produce both" + servers(source) + properties(produced),
                PROGRAM + "serve" + servers(source) + properties(served));
    }

    private static void putIfOther(Map<String, String> properties, String name, String value, String usual) {
        if (!value.equals(usual)) {
            properties.put(name, value);
        }
    }

    private static String servers(StreamSource source) {
        String brokers = Secrets.masked(
                source.clients().getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "HOST:PORT"));
        // The file has passwords, and its place on the reader's machine is unknown.
        boolean secured = source.clients().keySet().stream().anyMatch(name -> name.matches("(security|sasl|ssl)\\..*"));
        return " --bootstrap-server " + brokers + " --schema-registry "
                + Secrets.masked(source.schemas().url())
                + (secured ? " --command-config FILE" : "");
    }

    private static String properties(Map<String, String> properties) {
        StringBuilder text = new StringBuilder();
        properties.forEach((name, value) ->
                text.append(" --property ").append(name).append('=').append(value));
        return text.toString();
    }
}
