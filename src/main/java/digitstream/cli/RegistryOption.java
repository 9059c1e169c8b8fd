package digitstream.cli;

import picocli.CommandLine.Option;

/** The option that names the schema registry. */
final class RegistryOption {
    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            required = true,
            description =
                    "The URL of the schema registry, as for Confluent's clients; separate several URLs with commas.")
    String url = "";
}
