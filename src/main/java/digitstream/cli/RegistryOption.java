package digitstream.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that names the schema registry. */
final class RegistryOption {
    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            required = true,
            converter = RegistryUrl.Converter.class,
            description = {
                "The URL of the schema registry, as for Confluent's clients; separate several URLs with commas.",
                "A user and password in the URL are sent to the registry and never printed. Other users of the machine can see"
                        + " the command line: basic.auth.user.info in --command-config keeps them out of it."
            })
    RegistryUrl url = new RegistryUrl("", Optional.empty());
}
