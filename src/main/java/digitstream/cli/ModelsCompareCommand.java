package digitstream.cli;

import digitstream.avro.ModelComparison;
import digitstream.common.Excerpt;
import digitstream.release.ComparisonTopic;
import digitstream.release.ReleaseLog;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code digitstream models compare}. */
@Command(
        name = "compare",
        description = {
            "Show which of two versions is more accurate on the labelled images that both have classified.",
            "You may look as often as you like: the figures hold at any time."
        },
        mixinStandardHelpOptions = true)
final class ModelsCompareCommand implements Callable<Integer> {
    private static final String VERSION = "or NAME/VERSION if several models have this version.";

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private RegistryOption registry = new RegistryOption();

    @Parameters(paramLabel = "CHAMPION", index = "0", description = "The version of the champion, " + VERSION)
    private String first = "";

    @Parameters(paramLabel = "CHALLENGER", index = "1", description = "The version of the challenger, " + VERSION)
    private String second = "";

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = cluster.settings();
        Map<String, String> clients = cluster.clients(settings);
        String topic = settings.topics().comparisons();
        try (Admin admin = ClusterOptions.admin(clients);
                SchemaRegistry schemas = ClusterOptions.registry(registry.url, settings)) {
            Preconditions.requireTopic(admin, topic);
            Collection<ModelComparison> found = new ComparisonTopic(clients, schemas, topic)
                    .latest(comparison -> isOf(comparison, first, second) || isOf(comparison, second, first))
                    .values();
            choose(found).forEach(System.out::println);
        }
        return 0;
    }

    /** The roles as given, or exchanged if only this comparison exists: a promotion exchanges them. */
    private List<String> choose(Collection<ModelComparison> found) {
        List<ModelComparison> asGiven = found.stream()
                .filter(comparison -> isOf(comparison, first, second))
                .toList();
        List<ModelComparison> chosen = asGiven.isEmpty() ? List.copyOf(found) : asGiven;
        if (chosen.isEmpty()) {
            throw new UserException("there is no comparison of '" + Excerpt.of(first) + "' and '" + Excerpt.of(second)
                    + "': no image has a prediction of both and a label; `digitstream tail comparisons"
                    + " --from-beginning` prints those that exist");
        }
        if (chosen.size() > 1) {
            throw new UserException("several models have these versions; name one pair as NAME/VERSION: "
                    + String.join(
                            ", ",
                            chosen.stream()
                                    .map(one -> champion(one) + " " + challenger(one))
                                    .toList()));
        }
        return ComparisonText.of(chosen.get(0));
    }

    private static boolean isOf(ModelComparison comparison, String champion, String challenger) {
        return isOf(comparison.getChampionVersion(), champion(comparison), champion)
                && isOf(comparison.getChallengerVersion(), challenger(comparison), challenger);
    }

    private static boolean isOf(String version, String key, String given) {
        return version.equals(given) || key.equals(given);
    }

    static String champion(ModelComparison comparison) {
        return ReleaseLog.key(comparison.getChampionName(), comparison.getChampionVersion());
    }

    static String challenger(ModelComparison comparison) {
        return ReleaseLog.key(comparison.getChallengerName(), comparison.getChallengerVersion());
    }
}
