package digitstream.dashboard;

import digitstream.common.Secrets;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * Where a stream is, for the command that the empty page shows. Contains no passwords.
 *
 * @param brokers {@code HOST:PORT}, separated by commas
 * @param registry URL
 * @param images the topic
 */
record StreamNames(String brokers, String registry, String images) {
    static StreamNames of(StreamSource source) {
        return new StreamNames(
                Secrets.masked(source.clients().getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "")),
                Secrets.masked(source.schemas().url()),
                source.topics().images());
    }
}
