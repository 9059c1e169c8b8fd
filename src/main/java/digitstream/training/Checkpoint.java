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
 * A training between two epochs, with all that going on exactly needs: the random numbers of an epoch follow from the seed
 * and its number. As a file it is {@code <models>/<name>/.training-<version>.zip}, which nothing takes for a version.
 *
 * @param progress what is told of it
 * @param network TorchScript after the last epoch
 * @param best TorchScript after the best one
 * @param moments of the optimiser
 */
record Checkpoint(Progress progress, byte[] network, byte[] best, byte[] moments) {
    private static final String PREFIX = ".training-";
    private static final String SUFFIX = ".zip";
    /**
     * What is known of an unfinished training.
     *
     * @param dataSha256 of the images that it trains on, which must be the same when it goes on
     * @param history its epochs so far, first to last
     * @param bestEpoch whose weights would be kept
     * @param seconds it took so far
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

    /** The unfinished training of a model that was written last. */
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
     * Puts this in the place of the one before, as a whole or not at all.
     *
     * @throws ModelException where the disk is full or fails; the one before is still there
     */
    void write(Path file) {
        try {
            replace(file);
        } catch (IOException e) {
            int before = progress.history().size() - 1;
            throw new ModelException(
                    "the training can't be kept in " + file + ": " + e + "; make room"
                            + (before == 0 ? "" : ", and --resume goes on behind epoch " + before),
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
     * Reads one of our own files; like a model, it is to be trusted.
     *
     * @throws ModelException where the file is none, or damaged
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
                    file + " is no unfinished training, or damaged: it has no " + name + "; delete it and train again");
        }
        return content;
    }
}
