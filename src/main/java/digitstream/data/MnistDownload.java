package digitstream.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * Downloads MNIST into a folder. A file comes into being under its own name only once it is whole and its sum is right; what
 * was broken off goes on where it stopped. One process at a time downloads, under a lock.
 */
final class MnistDownload {
    /** Public mirrors of the original files. */
    static final List<URI> MIRRORS = List.of(
            URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
            URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"));

    /** MD5 sums of the uncompressed files, as first published; mirrors have packed them anew. */
    static final Map<String, String> SUMS = new TreeMap<>(Map.of(
            "train-images-idx3-ubyte.gz", "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte.gz", "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte.gz", "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte.gz", "27ae3e4e09519cfbb04c329615203637"));

    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(20);

    private final Path directory;
    private final List<URI> mirrors;
    private final Consumer<String> say;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();

    MnistDownload(Path directory, List<URI> mirrors, Consumer<String> say) {
        this.directory = directory;
        this.mirrors = mirrors;
        this.say = say;
    }

    /** Whether all four files are there; each was whole when it got its name. */
    static boolean isComplete(Path directory) {
        return SUMS.keySet().stream().allMatch(name -> Files.isRegularFile(directory.resolve(name)));
    }

    /**
     * Downloads what is missing or damaged.
     *
     * @return false where no mirror gave all the files
     * @throws DataException where the folder can't be written to
     */
    boolean run() {
        try {
            Files.createDirectories(directory);
            try (FileChannel channel = FileChannel.open(
                            directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                for (String name : SUMS.keySet()) {
                    Path file = directory.resolve(name);
                    if (!(lock.isValid() && Files.isRegularFile(file) && sumIsRight(name, file)) && !fetch(name)) {
                        return false;
                    }
                }
                return true;
            }
        } catch (IOException e) {
            throw new DataException(
                    "MNIST can't be downloaded to " + directory + ": " + e + "; free or make room there, or"
                            + " name other digits with --data",
                    e);
        }
    }

    private boolean fetch(String name) throws IOException {
        Path part = directory.resolve(name + ".part");
        for (URI mirror : mirrors) {
            try {
                download(mirror.resolve(name), part);
            } catch (FileSystemException e) {
                throw e;
            } catch (IOException e) {
                say.accept("  " + mirror.getHost() + " does not give " + name + " (" + reason(e) + ")");
                continue;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (sumIsRight(name, part)) {
                Files.move(
                        part,
                        directory.resolve(name),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                return true;
            }
            say.accept("  " + mirror.getHost() + " gave a damaged " + name);
            Files.delete(part);
        }
        return false;
    }

    private void download(URI address, Path part) throws IOException, InterruptedException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(RESPONSE_TIMEOUT);
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            boolean resumed = response.statusCode() == PARTIAL_CONTENT;
            if (!resumed && response.statusCode() != OK) {
                // A part that is already whole has nothing left to ask for; its sum will tell.
                if (have > 0 && response.statusCode() == 416) {
                    return;
                }
                throw new IOException("HTTP status " + response.statusCode());
            }
            say.accept("Downloading " + address + sizeOf(response) + (resumed ? ", from byte " + have : ""));
            try (OutputStream out =
                    resumed ? Files.newOutputStream(part, StandardOpenOption.APPEND) : Files.newOutputStream(part)) {
                copy(body, out, part);
            }
        }
    }

    private static void copy(InputStream in, OutputStream out, Path part) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            try {
                out.write(buffer, 0, read);
            } catch (IOException e) {
                // The disk's fault and not the mirror's.
                throw new FileSystemException(part.toString(), null, e.getMessage());
            }
        }
    }

    private static String sizeOf(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Content-Length")
                .map(bytes -> " (" + bytes + " bytes)")
                .orElse("");
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static boolean sumIsRight(String name, Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
                byte[] buffer = new byte[1 << 16];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    digest.update(buffer, 0, read);
                }
            }
            return HexFormat.of().formatHex(digest.digest()).equals(SUMS.get(name));
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException notWhole) {
            return false;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
