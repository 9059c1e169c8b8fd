package digitstream.cli;

import digitstream.common.Causes;
import digitstream.dashboard.DashboardException;
import digitstream.data.DataException;
import digitstream.local.LocalException;
import digitstream.model.ModelException;
import digitstream.monitoring.MonitoringException;
import digitstream.serde.RegistryUnavailableException;
import digitstream.serve.ServeException;
import digitstream.settings.InvalidSettingsException;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;

/** Errors as lines for people. */
final class Errors {
    private Errors() {}

    static List<String> lines(Throwable error) {
        if (error instanceof InvalidSettingsException settings) {
            return settings.faults();
        }
        if (error instanceof UserException
                || error instanceof DataException
                || error instanceof ModelException
                || error instanceof LocalException
                || error instanceof ServeException
                || error instanceof DashboardException
                || error instanceof MonitoringException
                || error instanceof RegistryUnavailableException) {
            return List.of(oneLine(error.getMessage()));
        }
        if (error instanceof TimeoutException) {
            return List.of("no broker answers (" + oneLine(error.getMessage())
                    + "); check --bootstrap-server, and --command-config where the cluster asks for a login");
        }
        if (error instanceof KafkaException) {
            Throwable root = Causes.root(error, KafkaException.class);
            return List.of("Kafka: " + oneLine(root.getMessage())
                    + (root instanceof ConfigException
                            ? "; check --bootstrap-server, --property and --command-config"
                            : ""));
        }
        if (error instanceof InterruptedException) {
            return List.of("interrupted");
        }
        return List.of(
                "an error that this program does not know: " + oneLine(error.toString()) + "; --verbose shows where");
    }

    private static String oneLine(@org.jspecify.annotations.Nullable String message) {
        return String.valueOf(message).replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
