package digitstream.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names files of data sets in formats that are known and not read, with the way out. */
final class OtherFormats {
    private static final String EXPORT = "export it as IDX, CSV or NPZ, or write its pictures to folders 0 to 9";

    private record Format(Pattern name, String remedy) {}

    private static final List<Format> FORMATS = List.of(
            format("\\.parquet", "is a Parquet file, which is not read; " + EXPORT),
            format("\\.(arrow|feather)", "is an Arrow file, which is not read; " + EXPORT),
            format("\\.(h5|hdf5?)", "is an HDF5 file, which is not read; " + EXPORT),
            format("\\.tfrecords?(-\\d+-of-\\d+)?", "is a TFRecord file, which is not read; " + EXPORT),
            format("\\.(pkl|pickle)(\\.gz)?", "is a pickle of Python, which is not read; save it with numpy.savez"),
            format(
                    "\\.pth?",
                    "holds tensors of PyTorch, which are not read; use the IDX files in the folder raw beside it"),
            format("\\.npy", "is a single NumPy array; save x_train, y_train, x_test and y_test with numpy.savez"),
            format("\\.arff(\\.gz)?", "is an ARFF file, which is not read; " + EXPORT),
            format("\\.jsonl?(\\.gz)?", "is a JSON file, which is not read; " + EXPORT),
            format("\\.(zip|tar|tgz|tbz2?|txz|7z|rar|tar\\.\\w+)", "is an archive; unpack it, and name the folder"));

    private static final int DEPTH = 3;

    private OtherFormats() {}

    private static Format format(String ending, String remedy) {
        return new Format(Pattern.compile(".+" + ending), remedy);
    }

    /** Looks at names only: at the file itself, or at the files in a folder and below. */
    static Optional<String> describe(Path path) {
        List<Path> level = List.of(path);
        for (int depth = 0; depth <= DEPTH; depth++) {
            List<Path> below = new ArrayList<>();
            for (Path each : level) {
                Optional<String> known = Files.isDirectory(each) ? Optional.empty() : known(each);
                if (known.isPresent()) {
                    return known;
                }
                below.addAll(DigitFolders.visible(each));
            }
            level = below;
        }
        return Optional.empty();
    }

    private static Optional<String> known(Path file) {
        return FORMATS.stream()
                .filter(format -> format.name().matcher(DigitFolders.name(file)).matches())
                .map(format -> file + " " + format.remedy())
                .findFirst();
    }
}
