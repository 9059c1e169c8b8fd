package digitstream.cli;

import digitstream.data.DigitData;
import digitstream.data.DigitSources;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that selects the data set. */
final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = {
                "The data set: a folder with the four MNIST IDX files, gzipped or not; the file mnist-original.mat; or"
                        + " a folder with subfolders 0 to 9 of PNG or JPEG images.",
                "Default: the path in DIGITSTREAM_DATA if set; otherwise MNIST from the cache, downloaded if necessary; if"
                        + " that fails, generated digits."
            })
    private @Nullable Path data;

    /** Returns the path of the option; empty if it is absent. */
    Optional<Path> path() {
        return Optional.ofNullable(data);
    }

    DigitData find(Consumer<String> messages) {
        String environment = System.getenv(DigitSources.ENVIRONMENT_VARIABLE);
        return new DigitSources(UserFolders.ofProcess().mnist(), DigitSources.MIRRORS, messages)
                .find(
                        Optional.ofNullable(data),
                        Optional.ofNullable(environment)
                                .filter(text -> !text.isBlank())
                                .map(Path::of));
    }
}
