package digitstream.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A model in a folder: {@code <models>/<name>/<version>/} with {@code model.pt} (TorchScript) and {@code model.json} (its
 * {@link ModelCard}). Once written, it never changes.
 */
public final class ModelArtifact {
    private static final String MODEL = "model.pt";
    private static final String CARD = "model.json";
    /** A card has some ten thousand bytes; a folder may hold anything. */
    private static final long MOST_CARD_BYTES = 4 << 20;

    /** What fits a Java array, with room. A model of more would not fit a stream processor's memory either. */
    private static final long MOST_MODEL_BYTES = 2_000L << 20;

    /** Names that start with a dot are no versions, so that a half-written artifact looks like none. */
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

    /** The checked bytes of {@code model.pt}; not copied, not to be changed. */
    byte[] torchScript() {
        return torchScript;
    }

    /**
     * Reads an artifact and checks its card, and the model's bytes against the card's sum, before anything is loaded.
     *
     * @throws ModelException with one line that names the file and the fault
     */
    public static ModelArtifact open(Path directory) {
        Path cardFile = directory.resolve(CARD);
        Path modelFile = directory.resolve(MODEL);
        try {
            ModelCard card = readCard(cardFile);
            byte[] bytes = readAtMost(modelFile, MOST_MODEL_BYTES);
            String sum = sha256(bytes);
            if (!sum.equals(card.sha256())) {
                throw new ModelException(modelFile + " is not the file of its card: its sha256 is " + sum
                        + ", the card says " + card.sha256() + "; take both files from the same place again");
            }
            checkArchive(modelFile, bytes);
            return new ModelArtifact(directory, card, bytes);
        } catch (NoSuchFileException e) {
            throw new ModelException(
                    directory + " is no model: " + e.getFile() + " is missing; train one with `digitstream train`", e);
        } catch (IOException e) {
            throw new ModelException("the model in " + directory + " can't be read: " + e, e);
        }
    }

    private static void checkArchive(Path file, byte[] bytes) {
        try {
            TorchScriptArchive.check(bytes);
        } catch (ModelException e) {
            throw new ModelException(file + " is no TorchScript file that can be used: " + e.getMessage(), e);
        }
    }

    private static byte[] readAtMost(Path file, long most) throws IOException {
        if (Files.size(file) > most) {
            throw new ModelException(
                    file + " has " + Files.size(file) + " bytes, more than the " + most + " that are read");
        }
        return Files.readAllBytes(file);
    }

    private static ModelCard readCard(Path file) throws IOException {
        try {
            return ModelCard.fromJson(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(readAtMost(file, MOST_CARD_BYTES)))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new ModelException(file + " is no model card: it is not UTF-8", e);
        } catch (ModelException e) {
            throw new ModelException(file + " is no model card: " + e.getMessage(), e);
        }
    }

    /**
     * The folder of a model's newest version, by the order of their names, in which numbers count as numbers (v9 before
     * v10); empty where there is none.
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
                            version -> inOrder(version.getFileName().toString())));
        } catch (IOException e) {
            throw new ModelException("the models in " + versions + " can't be listed: " + e, e);
        }
    }

    /** A version with its numbers filled up with zeros, so that text compares as people count. */
    private static String inOrder(String version) {
        return NUMBER.matcher(version)
                .replaceAll(number -> "0".repeat(Math.max(0, 20 - number.group().length())) + number.group());
    }

    /** A model that lies nowhere, as just trained: to be tried before it is written. */
    public static ModelArtifact inMemory(ModelCard card, byte[] torchScript) {
        return new ModelArtifact(Path.of(card.name(), card.version()), card, torchScript);
    }

    /** Whether a version is there, or what else has its name. */
    public static boolean exists(Path models, String name, String version) {
        return Files.exists(models.resolve(name).resolve(version));
    }

    /**
     * Writes an artifact so that it is there as a whole or not at all, also after a crash of the machine.
     *
     * @param card whose sha256 is that of the bytes
     * @param reports name to content of what shall lie beside the model
     * @throws ModelException when the version exists, or the disk fails
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
                // Others may read what the umask lets them, as with any other folder.
                copyPermissions(versions, unfinished);
                Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
                force(versions);
            } finally {
                deleteIfExists(unfinished);
            }
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            throw new ModelException("the model " + directory + " exists; give another version", e);
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

    /** The names in a folder are on the disk only when the folder is; Windows has no such thing. */
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

    /** The sum of bytes, as it stands in a card. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
