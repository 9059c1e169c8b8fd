package digitstream.common;

/** The commands of Kafka's {@code kafka-acls.sh} that grant the rights that a topology needs. For messages. */
public final class Grants {
    private static final String ADD =
            "`kafka-acls.sh --bootstrap-server HOST:PORT --add --allow-principal User:NAME %s`";

    private Grants() {}

    /** Grants an operation, such as {@code Read}, on a topic. */
    public static String topic(String operation, String topic) {
        return ADD.formatted("--operation " + operation + " --topic " + topic);
    }

    /** Grants all that a topology does with the topics that Kafka Streams creates for it. */
    public static String internalTopics(String applicationId) {
        return ADD.formatted("--operation Create --operation Read --operation Write --operation Delete --topic "
                + applicationId + "- --resource-pattern-type prefixed");
    }

    /** Grants the membership in a consumer group. */
    public static String group(String group) {
        return ADD.formatted("--operation Read --group " + group);
    }

    /** Grants the transactions of exactly-once processing. */
    public static String transactionalIds(String applicationId) {
        return ADD.formatted(
                "--operation Write --transactional-id " + applicationId + "- --resource-pattern-type prefixed");
    }

    /** Grants an operation on the cluster. */
    public static String cluster(String operation) {
        return ADD.formatted("--operation " + operation + " --cluster");
    }
}
