package digitstream.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import digitstream.common.Json;
import digitstream.model.ModelException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The state of a training after an epoch, complete enough to resume exactly: the random numbers of an epoch depend only on
 * the seed and the epoch's number. Stored as {@code <models>/<name>/.training-<version>.zip}; the leading dot keeps it from
 * being taken for a version.
 *
 * @param progress settings and results so far
 * @param network TorchScript file after the last epoch
 * @param best TorchScript file after the best epoch
 * @param moments encoded state of the optimiser
 */
record Checkpoint(Progress progress, byte[] network, byte[] best, byte[] moments) {
    private static final String PREFIX = ".training-";
    private static final String SUFFIX = ".zip";
    /**
     * Settings and results of an unfinished training.
     *
     * @param dataSha256 SHA-256 of the training images, which must be the same on resuming
     * @param history epochs so far, first to last
     * @param bestEpoch the best epoch so far; 1 for the first
     * @param seconds training time so far
     */
    record Progress(
            String name,
            String version,
            TrainingSettings settings,
            String dataSha256,
            List<EpochResult> history,
            int bestEpoch,
            double seconds) {
        Progress {
            history = List.copyOf(history);
        }
    }

    static Path file(Path models, String name, String version) {
        return models.resolve(name).resolve(PREFIX + version + SUFFIX);
    }

    /** Finds the checkpoint of a model that was written last. */
    static Optional<Path> latest(Path models, String name) throws IOException {
        Path folder = models.resolve(name);
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(PREFIX))
                    .filter(file -> file.toString().endsWith(SUFFIX))
                    .max(Comparator.comparing(file -> file.toFile().lastModified()));
        }
    }

    /**
     * Atomically replaces the previous checkpoint.
     *
     * @throws ModelException if the disk is full or fails; the previous checkpoint is kept
     */
    void write(Path file) {
        try {
            replace(file);
        } catch (IOException e) {
            int before = progress.history().size() - 1;
            throw new ModelException(
                    "the checkpoint " + file + " can't be written: " + e + "; free disk space"
                            + (before == 0 ? "" : " and continue after epoch " + before + " with --resume"),
                    e);
        }
    }

    private void replace(Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        Files.createDirectories(file.getParent());
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            OutputStream out = Channels.newOutputStream(channel);
            ZipOutputStream zip = new ZipOutputStream(out);
            put(zip, "progress.json", Json.COMPACT.writeValueAsBytes(progress));
            put(zip, "network.pt", network);
            put(zip, "best.pt", best);
            put(zip, "moments", moments);
            zip.finish();
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    /**
     * Reads a checkpoint. Read only files that you trust, as with models.
     *
     * @throws ModelException if the file is not a checkpoint or is damaged
     */
    static Checkpoint read(Path file) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        try {
            return new Checkpoint(
                    Json.COMPACT.readValue(required(file, entries, "progress.json"), Progress.class),
                    required(file, entries, "network.pt"),
                    required(file, entries, "best.pt"),
                    required(file, entries, "moments"));
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    file + " is from another version of this program (" + e.getOriginalMessage()
                            + "); delete it and train again",
                    e);
        }
    }

    private static byte[] required(Path file, Map<String, byte[]> entries, String name) {
        byte[] content = entries.get(name);
        if (content == null) {
            throw new ModelException(
                    file + " is not a checkpoint or is damaged: it has no " + name + "; delete it and train again");
        }
        return content;
    }
}
