package digitstream.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model on disk: {@code <models>/<name>/<version>/} with {@code model.pt} (TorchScript) and {@code model.json} (its
 * {@link ModelCard}). Immutable once written.
 */
public final class ModelArtifact {
    private static final String MODEL = "model.pt";
    private static final String CARD = "model.json";
    private static final String NAME_A_VERSION = "name the folder of a version, which has " + MODEL + " and " + CARD;

    /** Cards have about 10 kB; the limit protects against other files of that name. */
    private static final long MAX_CARD_BYTES = 4 << 20;

    /** Fits in a Java array. A larger model would not fit in a stream processor's memory either. */
    private static final long MAX_MODEL_BYTES = 2_000L << 20;

    /** Starts with a dot, so that a half-written artifact is never taken for a version. */
    private static final String UNFINISHED = ".unfinished-";

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private final Path directory;
    private final ModelCard card;
    private final byte[] torchScript;

    private ModelArtifact(Path directory, ModelCard card, byte[] torchScript) {
        this.directory = directory;
        this.card = card;
        this.torchScript = torchScript;
    }

    public Path directory() {
        return directory;
    }

    public ModelCard card() {
        return card;
    }

    /** The checked bytes of {@code model.pt}; not a copy, so callers must not change them. */
    byte[] torchScript() {
        return torchScript;
    }

    /**
     * Reads an artifact, and checks its card, the model's SHA-256 against the card, and the TorchScript archive. Loads
     * nothing into PyTorch.
     *
     * @throws ModelException if a check fails; the message is one line that names the file and the fault
     */
    public static ModelArtifact open(Path directory) {
        Path cardFile = directory.resolve(CARD);
        Path modelFile = directory.resolve(MODEL);
        try {
            if (Files.exists(directory) && !Files.isDirectory(directory)) {
                throw new ModelException(directory + " is a file, not a folder; " + NAME_A_VERSION);
            }
            ModelCard card = readCard(cardFile);
            byte[] bytes = readAtMost(modelFile, MAX_MODEL_BYTES);
            // Before the checksum: a wrong kind of file says more than a wrong sum.
            ForeignFile.describe(bytes).ifPresent(kind -> {
                throw unusable(modelFile, kind, null);
            });
            String sum = sha256(bytes);
            if (!sum.equals(card.sha256())) {
                throw new ModelException(modelFile + " does not match its card: its SHA-256 is " + sum
                        + ", the card says " + card.sha256() + "; copy both files from the same source again");
            }
            checkArchive(modelFile, bytes);
            return new ModelArtifact(directory, card, bytes);
        } catch (NoSuchFileException e) {
            throw new ModelException(directory + " is not a model: " + missing(directory, e.getFile()), e);
        } catch (FileSystemException e) {
            throw new ModelException(e.getFile() + " can't be read: " + reason(e), e);
        } catch (IOException e) {
            throw new ModelException("the model in " + directory + " can't be read: " + e, e);
        }
    }

    private static String reason(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e.getReason() == null ? e.toString() : e.getReason();
    }

    private static String missing(Path directory, String file) {
        if (!Files.exists(directory)) {
            return "there is no such folder";
        }
        if (file.endsWith(CARD) && Files.exists(directory.resolve(MODEL))) {
            return file + " is missing; write the card of " + MODEL + " as in docs/models.md";
        }
        return file + " is missing; train a model with `digitstream train`, or " + NAME_A_VERSION;
    }

    private static ModelException unusable(Path file, String reason, @Nullable Throwable cause) {
        return new ModelException(file + " is not a usable TorchScript file: " + reason, cause);
    }

    private static void checkArchive(Path file, byte[] bytes) {
        try {
            TorchScriptArchive.check(bytes);
        } catch (ModelException e) {
            throw unusable(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static byte[] readAtMost(Path file, long maxBytes) throws IOException {
        if (Files.isSymbolicLink(file) && !Files.exists(file)) {
            throw new ModelException(file + " is a link that leads to no file; copy the file itself");
        }
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        // A pipe would be waited for, and a device may have no end.
        if (!attributes.isRegularFile()) {
            throw new ModelException(file + " is " + (attributes.isDirectory() ? "a folder" : "a pipe or a device")
                    + ", not a file; copy the file itself");
        }
        if (attributes.size() > maxBytes) {
            throw new ModelException(file + " has " + attributes.size() + " bytes; the limit is " + maxBytes);
        }
        return Files.readAllBytes(file);
    }

    private static ModelCard readCard(Path file) throws IOException {
        byte[] json = readAtMost(file, MAX_CARD_BYTES);
        try {
            return CardReader.read(json);
        } catch (ModelException e) {
            throw new ModelException(file + " is not a valid model card: " + e.getMessage(), e);
        }
    }

    /**
     * Finds the folder of a model's latest version. Versions are ordered by name, with numbers compared as numbers (v9
     * before v10).
     */
    public static Optional<Path> latest(Path models, String name) {
        Path versions = models.resolve(name);
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.list(versions)) {
            return all.filter(version -> ModelCard.isName(version.getFileName().toString()))
                    .filter(version -> Files.isRegularFile(version.resolve(CARD)))
                    .max(Comparator.comparing(
                            version -> sortKey(version.getFileName().toString())));
        } catch (IOException e) {
            throw new ModelException("the models in " + versions + " can't be listed: " + e, e);
        }
    }

    /** Pads the numbers in a version with zeros, so that they compare by value. */
    private static String sortKey(String version) {
        return NUMBER.matcher(version)
                .replaceAll(number -> "0".repeat(Math.max(0, 20 - number.group().length())) + number.group());
    }

    /** Creates an artifact that is not on disk, to evaluate a freshly trained model before it is written. */
    public static ModelArtifact inMemory(ModelCard card, byte[] torchScript) {
        return new ModelArtifact(Path.of(card.name(), card.version()), card, torchScript);
    }

    /**
     * Checks the files of an artifact that came from elsewhere, and writes them as {@link #write} does.
     *
     * @throws ModelException if they are not a model, the version exists, or the disk fails
     */
    public static ModelArtifact store(Path models, byte[] card, byte[] torchScript) {
        ModelCard read;
        try {
            read = CardReader.read(card);
        } catch (ModelException e) {
            throw new ModelException("model.json is not a valid model card: " + e.getMessage(), e);
        }
        String sum = sha256(torchScript);
        if (!sum.equals(read.sha256())) {
            throw new ModelException("model.pt does not match its card: its SHA-256 is " + sum + ", the card says "
                    + read.sha256() + "; copy both files from the same source again");
        }
        checkArchive(Path.of(MODEL), torchScript);
        return write(models, read, torchScript, Map.of());
    }

    /** Whether anything exists at a version's path. */
    public static boolean exists(Path models, String name, String version) {
        return Files.exists(models.resolve(name).resolve(version));
    }

    /**
     * Writes an artifact atomically and durably: after a crash it is either complete or absent.
     *
     * @param card its sha256 must be that of {@code torchScript}
     * @param reports additional files, by name
     * @throws ModelException if the version exists or the disk fails
     */
    public static ModelArtifact write(Path models, ModelCard card, byte[] torchScript, Map<String, byte[]> reports) {
        Path versions = models.resolve(card.name());
        Path directory = versions.resolve(card.version());
        try {
            Files.createDirectories(versions);
            Path unfinished = Files.createTempDirectory(versions, UNFINISHED + card.version() + "-");
            try {
                Map<String, byte[]> files = new LinkedHashMap<>(reports);
                files.put(MODEL, torchScript);
                files.put(CARD, card.toJson().getBytes(StandardCharsets.UTF_8));
                for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    writeDurably(unfinished.resolve(file.getKey()), file.getValue());
                }
                force(unfinished);
                if (Files.exists(directory)) {
                    throw new FileAlreadyExistsException(directory.toString());
                }
                // A temporary directory is private; give it the permissions of its parent.
                copyPermissions(versions, unfinished);
                Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
                force(versions);
            } finally {
                deleteIfExists(unfinished);
            }
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            throw new ModelException("the model " + directory + " already exists; choose another version", e);
        } catch (IOException e) {
            throw new ModelException("the model can't be written to " + directory + ": " + e, e);
        }
        return open(directory);
    }

    private static void writeDurably(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Flushes a directory's entries to disk; Windows has no equivalent. */
    private static void force(Path directory) throws IOException {
        if (POSIX) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void copyPermissions(Path from, Path to) throws IOException {
        if (POSIX) {
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
        }
    }

    private static void deleteIfExists(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Returns the SHA-256 in lower-case hexadecimal, as in a card. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
