package digitstream.data;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds digits. The sources, in order: the folder that the user names, the folder that the environment names, the user's
 * cache, a download into that cache and, if no mirror can be reached, digits drawn by the program.
 */
public final class DigitSources {
    public static final String ENVIRONMENT_VARIABLE = "DIGITSTREAM_DATA";
    /** The seed of the digits that are drawn if no others are found. */
    public static final long DRAWN_SEED = 20_240_117;

    /** Mirrors of MNIST, in the order in which they are tried. */
    public static final List<URI> MIRRORS = MnistDownload.MIRRORS;

    private static final List<DigitReader> READERS = List.of(new IdxReader(), new MatReader(), new ImageFolderReader());

    private final Path cache;
    private final List<URI> mirrors;
    private final Consumer<String> messages;

    /**
     * Creates a search; does no I/O yet.
     *
     * @param cache folder for downloads
     * @param mirrors base addresses to download from, in order; {@link #MIRRORS} except in tests
     * @param messages receives one-line progress messages for users
     */
    public DigitSources(Path cache, List<URI> mirrors, Consumer<String> messages) {
        this.cache = cache;
        this.mirrors = List.copyOf(mirrors);
        this.messages = messages;
    }

    /**
     * Finds digits and reads them.
     *
     * @param named the folder or .mat file that the user names; an error if it can't be read
     * @param environment the value of {@value #ENVIRONMENT_VARIABLE}; an error if it is used and can't be read
     * @throws DataException if digits can't be read; the message is one line that names the file and the fault
     */
    public DigitData find(Optional<Path> named, Optional<Path> environment) {
        DigitData data = named.map(directory -> read(directory, "--data"))
                .or(() -> environment.map(directory -> read(directory, ENVIRONMENT_VARIABLE)))
                .or(this::fromCache)
                .or(this::fromDownload)
                .orElseGet(() -> DrawnDigits.data(DRAWN_SEED));
        messages.accept("Digits: " + data.origin() + " (" + data.training().size() + " training images, "
                + data.test().size() + " test images)");
        return data;
    }

    private static DigitData read(Path directory, String namedBy) {
        if (!Files.exists(directory)) {
            throw new DataException(namedBy + " is " + directory + ", which does not exist");
        }
        return READERS.stream()
                .filter(reader -> reader.finds(directory))
                .findFirst()
                .orElseThrow(() -> new DataException(namedBy + " is " + directory
                        + ", which has no digits; set it to a folder with MNIST's four IDX files, an"
                        + " mnist-original.mat, or a folder with pictures in subfolders 0 to 9"))
                .read(directory);
    }

    private Optional<DigitData> fromCache() {
        if (!MnistDownload.isComplete(cache)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new IdxReader().read(cache));
        } catch (DataException damaged) {
            messages.accept("The cached digits are damaged and will be downloaded again: " + damaged.getMessage());
            return Optional.empty();
        }
    }

    private Optional<DigitData> fromDownload() {
        if (new MnistDownload(cache, mirrors, messages).run()) {
            return Optional.of(new IdxReader().read(cache));
        }
        messages.accept("MNIST could not be downloaded from any mirror; the program draws its own digits instead.");
        return Optional.empty();
    }
}
