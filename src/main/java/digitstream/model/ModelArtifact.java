package digitstream.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
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
    /** A TorchScript file is a zip archive; this is how one starts. */
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    /** Names that start with a dot are no versions, so that a half-written artifact looks like none. */
    private static final String UNFINISHED = ".unfinished-";

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
            byte[] bytes = Files.readAllBytes(modelFile);
            String sum = sha256(bytes);
            if (!sum.equals(card.sha256())) {
                throw new ModelException(modelFile + " is not the file of its card: its sha256 is " + sum
                        + ", the card says " + card.sha256() + "; take both files from the same place again");
            }
            if (bytes.length < ZIP.length || !Arrays.equals(bytes, 0, ZIP.length, ZIP, 0, ZIP.length)) {
                throw new ModelException(modelFile + " is no TorchScript file: it does not start as a zip archive");
            }
            return new ModelArtifact(directory, card, bytes);
        } catch (NoSuchFileException e) {
            throw new ModelException(
                    directory + " is no model: " + e.getFile() + " is missing; train one with `digitstream train`", e);
        } catch (IOException e) {
            throw new ModelException("the model in " + directory + " can't be read: " + e, e);
        }
    }

    private static ModelCard readCard(Path file) throws IOException {
        try {
            return ModelCard.fromJson(Files.readString(file));
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

    /**
     * Writes an artifact so that it is there as a whole or not at all.
     *
     * @param card whose sha256 is that of the bytes
     * @throws ModelException when the version exists, or the disk fails
     */
    public static ModelArtifact write(Path models, ModelCard card, byte[] torchScript) {
        Path directory = models.resolve(card.name()).resolve(card.version());
        Path unfinished = directory.resolveSibling(
                UNFINISHED + card.version() + "-" + ProcessHandle.current().pid());
        try {
            Files.createDirectories(unfinished);
            try {
                writeDurably(unfinished.resolve(MODEL), torchScript);
                writeDurably(unfinished.resolve(CARD), card.toJson().getBytes(StandardCharsets.UTF_8));
                if (Files.exists(directory)) {
                    throw new FileAlreadyExistsException(directory.toString());
                }
                Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                for (String file : new String[] {MODEL, CARD}) {
                    Files.deleteIfExists(unfinished.resolve(file));
                }
                Files.deleteIfExists(unfinished);
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

    /** The sum of bytes, as it stands in a card. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
