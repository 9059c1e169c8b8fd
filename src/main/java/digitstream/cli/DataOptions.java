package digitstream.cli;

import digitstream.data.DigitData;
import digitstream.data.DigitSources;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where digits come from. */
final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = {
                "Digits: a folder with the four IDX files of MNIST, gzipped or not; mnist-original.mat; or a folder with"
                        + " pictures (PNG, JPEG) in folders 0 to 9.",
                "Else: what DIGITSTREAM_DATA names; the cache; a download of MNIST into the cache; digits drawn by"
                        + " the program."
            })
    private @Nullable Path data;

    DigitData find(Consumer<String> say) {
        String environment = System.getenv(DigitSources.ENVIRONMENT_VARIABLE);
        return new DigitSources(cache(), DigitSources.MIRRORS, say)
                .find(
                        Optional.ofNullable(data),
                        Optional.ofNullable(environment)
                                .filter(text -> !text.isBlank())
                                .map(Path::of));
    }

    private static Path cache() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("digitstream").resolve("mnist");
    }
}
