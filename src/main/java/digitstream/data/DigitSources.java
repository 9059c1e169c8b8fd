package digitstream.data;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Finds digits. The sources, in order: the folder that the user names, the folder that the environment names, the user's
 * cache, a download into that cache and, if no mirror can be reached and the caller accepts it, digits drawn by the program.
 */
public final class DigitSources {
    public static final String ENVIRONMENT_VARIABLE = "DIGITSTREAM_DATA";
    /** The name of the data set that the program draws. */
    public static final String DRAWN = "drawn";
    /** The seed of the digits that are drawn if no others are found. */
    public static final long DRAWN_SEED = 20_240_117;

    /** Mirrors of MNIST, in the order in which they are tried. */
    public static final List<URI> MIRRORS = MnistDownload.MIRRORS;

    private final Path cache;
    private final List<URI> mirrors;
    private final EnvironmentProxies proxies;
    private final List<DigitReader> readers;
    private final Consumer<String> messages;

    /** Creates a search as the other constructor does, in an environment without proxies and with the default of bad pictures. */
    public DigitSources(Path cache, List<URI> mirrors, Consumer<String> messages) {
        this(cache, mirrors, Map.of(), OptionalInt.empty(), messages);
    }

    /**
     * Creates a search; does no I/O yet.
     *
     * @param cache folder for downloads
     * @param mirrors base addresses to download from, in order; {@link #MIRRORS} except in tests
     * @param environment environment variables; those that name proxies are used for the download
     * @param maxBadImages how many pictures of a folder may be passed over; by default a tenth, or ten if that is more
     * @param messages receives one-line progress messages for users
     */
    public DigitSources(
            Path cache,
            List<URI> mirrors,
            Map<String, String> environment,
            OptionalInt maxBadImages,
            Consumer<String> messages) {
        this.cache = cache;
        this.mirrors = List.copyOf(mirrors);
        this.proxies = new EnvironmentProxies(environment);
        this.readers = List.of(
                new IdxReader(),
                new MatReader(),
                new NpzReader(),
                new ImageFolderReader(maxBadImages),
                new CsvReader());
        this.messages = messages;
    }

    /**
     * Finds digits and reads them. Without a network, draws none.
     *
     * @param named the folder or file that the user names; an error if it can't be read
     * @param environment the value of {@value #ENVIRONMENT_VARIABLE}; an error if it is used and can't be read
     * @throws DataException if digits can't be read or downloaded; the message is one line that names the fault
     */
    public DigitData find(Optional<Path> named, Optional<Path> environment) {
        return described(existing(named, environment)
                .orElseThrow(() -> new DataException("MNIST could not be downloaded from any mirror"
                        + proxies.describe(mirrors)
                                .map(proxy -> " through the proxy " + proxy
                                        + "; check that variable, name a data set with --data,")
                                .orElse("; name a data set with --data, set HTTPS_PROXY if there is a proxy,")
                        + " or accept digits that the program draws with --allow-drawn-digits")));
    }

    /** Finds digits as {@link #find} does, and draws them if MNIST can't be downloaded. */
    public DigitData findOrDraw(Optional<Path> named, Optional<Path> environment) {
        return described(existing(named, environment).orElseGet(() -> {
            messages.accept("MNIST could not be downloaded from any mirror; the program draws its own digits instead.");
            return DrawnDigits.data(DRAWN_SEED);
        }));
    }

    private Optional<DigitData> existing(Optional<Path> named, Optional<Path> environment) {
        return named.map(path -> read(path, "--data"))
                .or(() -> environment.map(path -> read(path, ENVIRONMENT_VARIABLE)))
                .or(this::fromCache)
                .or(this::fromDownload);
    }

    private DigitData described(DigitData data) {
        data.notes().forEach(messages);
        messages.accept("Digits: " + data.origin() + " (" + data.training().size() + " training images, "
                + data.test().size() + " test images" + passedOver(data.passedOver()) + ")");
        return data;
    }

    private static String passedOver(int files) {
        return files == 0 ? "" : ", " + files + (files == 1 ? " file" : " files") + " passed over";
    }

    private DigitData read(Path path, String namedBy) {
        if (!Files.exists(path)) {
            throw new DataException(namedBy + " is " + path + ", which does not exist");
        }
        DataSearch.Found found = new DataSearch(readers).from(path).orElseThrow(() -> noDigits(path, namedBy));
        return found.reader().read(found.path()).namedAfter(path);
    }

    private static DataException noDigits(Path path, String namedBy) {
        return new DataException(OtherFormats.describe(path)
                .map(known -> namedBy + " is " + path + ", which has no digits in a format that is read: " + known)
                .orElse(namedBy + " is " + path
                        + ", which has no digits; set it to a folder with MNIST's four IDX files,"
                        + " a .mat, .npz or .csv file, or a folder with pictures in subfolders 0 to 9"));
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
        return new MnistDownload(cache, mirrors, proxies, messages).run()
                ? Optional.of(new IdxReader().read(cache))
                : Optional.empty();
    }
}
