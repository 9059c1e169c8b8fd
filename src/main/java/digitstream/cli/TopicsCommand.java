package digitstream.cli;

import digitstream.client.TopicAdmin;
import digitstream.client.TopicDescriptions;
import digitstream.settings.Settings;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code digitstream topics}. */
@Command(
        name = "topics",
        description = "Create or describe the topics.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "create|describe")
final class TopicsCommand {

    @Command(
            name = "create",
            description = {
                "Create the topics that do not exist.",
                "Names, partitions, replication and retention are settings.",
                "The exit status is 1 if the topologies can't use the topics that exist."
            },
            mixinStandardHelpOptions = true)
    int create(@Mixin ClusterOptions cluster) throws InterruptedException {
        Settings settings = cluster.settings();
        try (Admin admin = ClusterOptions.admin(cluster.clients(settings))) {
            TopicAdmin topics = new TopicAdmin(admin, settings.topics(), settings.layout());
            List<String> created = topics.create();
            for (String topic : settings.topics().all()) {
                System.out.println(topic + (created.contains(topic) ? ": created" : ": exists"));
            }
            return report(topics.faults());
        }
    }

    @Command(
            name = "describe",
            description = {
                "List the topics with their partitions and replicas.",
                "The exit status is 1 if the topologies can't use them."
            },
            mixinStandardHelpOptions = true)
    int describe(@Mixin ClusterOptions cluster) throws InterruptedException {
        Settings settings = cluster.settings();
        try (Admin admin = ClusterOptions.admin(cluster.clients(settings))) {
            TopicAdmin topics = new TopicAdmin(admin, settings.topics(), settings.layout());
            TopicDescriptions descriptions =
                    TopicDescriptions.of(admin, settings.topics().all());
            for (String topic : settings.topics().all()) {
                TopicDescription description = descriptions.found().get(topic);
                System.out.println(topic + ": "
                        + (description == null
                                ? descriptions.isMissing(topic) ? "missing" : "no right to Describe"
                                : description.partitions().size() + " partitions, "
                                        + description
                                                .partitions()
                                                .get(0)
                                                .replicas()
                                                .size() + " replicas"));
            }
            return report(topics.faults());
        }
    }

    private static int report(List<String> faults) {
        faults.forEach(fault -> System.err.println("digitstream: " + fault));
        return faults.isEmpty() ? 0 : 1;
    }
}
