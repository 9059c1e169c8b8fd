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

/** Formats exceptions as messages for the user. */
final class Errors {
    private Errors() {}

    /** Returns one line per problem, without a stack trace. */
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
            return List.of("no broker responds (" + oneLine(error.getMessage())
                    + "); check --bootstrap-server, and --command-config if the cluster requires authentication");
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
                "unexpected error: " + oneLine(error.toString()) + "; run with --verbose to see the stack trace");
    }

    private static String oneLine(@org.jspecify.annotations.Nullable String message) {
        return String.valueOf(message).replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
