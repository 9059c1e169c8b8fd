package digitstream.data;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds digits: in the folder that the user names, in the one that the environment names, in the user's cache, by a
 * download into that cache, and, where nothing answers, by drawing them.
 */
public final class DigitSources {
    public static final String ENVIRONMENT_VARIABLE = "DIGITSTREAM_DATA";
    /** The seed of the digits that are drawn where there are no others. */
    public static final long DRAWN_SEED = 20_240_117;

    /** Where MNIST is downloaded from, in this order. */
    public static final List<URI> MIRRORS = MnistDownload.MIRRORS;

    private static final List<DigitReader> READERS = List.of(new IdxReader(), new MatReader(), new ImageFolderReader());

    private final Path cache;
    private final List<URI> mirrors;
    private final Consumer<String> say;

    /**
     * Sets up a search; touches nothing yet.
     *
     * @param cache the folder that a download is kept in
     * @param mirrors the base addresses to download from, in order; {@link #MIRRORS} for everybody
     * @param say takes a line for people on what is found and downloaded
     */
    public DigitSources(Path cache, List<URI> mirrors, Consumer<String> say) {
        this.cache = cache;
        this.mirrors = List.copyOf(mirrors);
        this.say = say;
    }

    /**
     * Finds digits and reads them.
     *
     * @param named the folder, or the .mat file, that the user names; one that can't be read is an error, never passed over
     * @param environment the value of {@value #ENVIRONMENT_VARIABLE}, likewise
     * @throws DataException with one line that names the file and what is wrong with it
     */
    public DigitData find(Optional<Path> named, Optional<Path> environment) {
        DigitData data = named.map(directory -> read(directory, "--data"))
                .or(() -> environment.map(directory -> read(directory, ENVIRONMENT_VARIABLE)))
                .or(this::fromCache)
                .or(this::fromDownload)
                .orElseGet(() -> DrawnDigits.data(DRAWN_SEED));
        say.accept("Digits: " + data.origin() + " (" + data.training().size() + " to train on, "
                + data.test().size() + " to test with)");
        return data;
    }

    private static DigitData read(Path directory, String namedBy) {
        if (!Files.exists(directory)) {
            throw new DataException(namedBy + " names " + directory + ", which is not there");
        }
        return READERS.stream()
                .filter(reader -> reader.finds(directory))
                .findFirst()
                .orElseThrow(() -> new DataException(namedBy + " names " + directory
                        + ", which has no digits; name the four IDX files' folder, an mnist-original.mat, or a folder"
                        + " with pictures in folders 0 to 9"))
                .read(directory);
    }

    private Optional<DigitData> fromCache() {
        if (!MnistDownload.isComplete(cache)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new IdxReader().read(cache));
        } catch (DataException damaged) {
            say.accept("The digits in the cache are damaged and will be downloaded again: " + damaged.getMessage());
            return Optional.empty();
        }
    }

    private Optional<DigitData> fromDownload() {
        if (new MnistDownload(cache, mirrors, say).run()) {
            return Optional.of(new IdxReader().read(cache));
        }
        say.accept("No mirror of MNIST could be reached, so the program draws its own digits.");
        return Optional.empty();
    }
}
