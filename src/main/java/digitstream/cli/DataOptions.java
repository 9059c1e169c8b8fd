package digitstream.cli;

import digitstream.data.DigitData;
import digitstream.data.DigitSources;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that selects the data set. */
final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = {
                "The data set: a folder with MNIST's or EMNIST's IDX files; a .mat, .npz or .csv file; or a folder with"
                        + " subfolders 0 to 9 of PNG or JPEG images, with training and test images apart or together.",
                "Default: the path in DIGITSTREAM_DATA if set; otherwise MNIST from the cache, downloaded if necessary."
            })
    private @Nullable Path data;

    /** Returns the path of the option; empty if it is absent. */
    Optional<Path> path() {
        return Optional.ofNullable(data);
    }

    @Option(
            names = "--max-bad-images",
            paramLabel = "N",
            converter = Values.CountConverter.class,
            description = "Pass over up to N images of a folder that can't be read, and fail if there are more"
                    + " (default: a tenth of the images, or 10 if that is more, but at most half).")
    private @Nullable Integer maxBadImages;

    /** Whether digits that the program draws are good enough if MNIST can't be downloaded. */
    static final class DrawnOption {
        @Option(
                names = "--allow-drawn-digits",
                description = "If MNIST can't be downloaded, use digits that the program draws instead of failing.")
        private boolean allowed;

        boolean allowed() {
            return allowed;
        }
    }

    /** Finds the digits; if MNIST can't be downloaded, draws digits where the option allows it, and fails otherwise. */
    DigitData find(DrawnOption drawn, Consumer<String> messages) {
        return drawn.allowed ? findOrDraw(messages) : sources(messages).find(Optional.ofNullable(data), environment());
    }

    /** Finds the digits; if MNIST can't be downloaded, draws digits. */
    DigitData findOrDraw(Consumer<String> messages) {
        return sources(messages).findOrDraw(Optional.ofNullable(data), environment());
    }

    /** The digits of a result, for its JSON. */
    static Map<String, Object> describe(DigitData digits) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", digits.name());
        described.put("origin", digits.origin());
        described.put("trainingImages", digits.training().size());
        described.put("testImages", digits.test().size());
        described.put("passedOver", digits.passedOver());
        return described;
    }

    private DigitSources sources(Consumer<String> messages) {
        return new DigitSources(
                UserFolders.ofProcess().mnist(),
                DigitSources.MIRRORS,
                System.getenv(),
                maxBadImages == null ? OptionalInt.empty() : OptionalInt.of(maxBadImages),
                messages);
    }

    private static Optional<Path> environment() {
        return Optional.ofNullable(System.getenv(DigitSources.ENVIRONMENT_VARIABLE))
                .filter(text -> !text.isBlank())
                .map(Path::of);
    }
}
