package digitstream.data.files;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens files of data sets, gzipped or not, and explains why one can't be read. */
public final class DataFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private DataFile() {}

    /**
     * Opens a file. Content that is gzipped is gunzipped, whatever the file's name.
     *
     * @throws IOException if it can't be opened or holds something else; see {@link #reason}
     */
    public static InputStream open(Path file) throws IOException {
        InputStream content = buffered(file);
        try {
            byte[] head = head(content);
            if (isGzip(head)) {
                content = new BufferedInputStream(new GZIPInputStream(content, BUFFER_BYTES), BUFFER_BYTES);
                head = head(content);
            }
            Optional<String> foreign = ForeignContent.of(head);
            if (foreign.isPresent()) {
                throw new UnreadableFileException(foreign.get());
            }
            return content;
        } catch (IOException e) {
            content.close();
            throw e;
        }
    }

    /**
     * Returns the first bytes of a file as they are stored, at most {@value ForeignContent#HEAD_BYTES}.
     *
     * @throws IOException if it can't be opened; see {@link #reason}
     */
    public static byte[] head(Path file) throws IOException {
        try (InputStream content = buffered(file)) {
            return head(content);
        }
    }

    private static InputStream buffered(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new UnreadableFileException("is a folder, not a file");
        }
        return new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    }

    private static byte[] head(InputStream content) throws IOException {
        content.mark(ForeignContent.HEAD_BYTES);
        byte[] head = content.readNBytes(ForeignContent.HEAD_BYTES);
        content.reset();
        return head;
    }

    private static boolean isGzip(byte[] head) {
        return head.length >= 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b;
    }

    /** Returns why a file can't be read, in words that follow its name: "can't be read: permission denied". */
    public static String reason(IOException e) {
        if (e instanceof UnreadableFileException) {
            return String.valueOf(e.getMessage());
        }
        if (e instanceof AccessDeniedException) {
            return "can't be read: permission denied; make it readable for this user";
        }
        if (e instanceof NoSuchFileException) {
            return "does not exist";
        }
        if (e instanceof EOFException || e instanceof ZipException) {
            String detail = e.getMessage() == null ? "it ends too early" : e.getMessage();
            return "is truncated or damaged (" + detail + "); download or copy it again";
        }
        if (e instanceof FileSystemLoopException || text(e).contains("too many levels of symbolic links")) {
            return "is a symbolic link that leads back to itself";
        }
        if (text(e).contains("permission denied")) {
            return "can't be read: permission denied; make it readable for this user";
        }
        if (text(e).contains("is a directory")) {
            return "is a folder, not a file";
        }
        if (e instanceof FileSystemException failed && failed.getReason() != null) {
            return "can't be read: " + failed.getReason();
        }
        if (e instanceof FileNotFoundException) {
            return "does not exist";
        }
        return "can't be read: " + (e.getMessage() == null ? e.toString() : e.getMessage());
    }

    private static String text(IOException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }
}
