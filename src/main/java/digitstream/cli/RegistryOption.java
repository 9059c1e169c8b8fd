package digitstream.cli;

import picocli.CommandLine.Option;

/** Where the schema registry is. */
final class RegistryOption {
    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            required = true,
            description =
                    "The schema registry's base URL, as Confluent's clients take it; several separated by commas.")
    String url = "";
}
