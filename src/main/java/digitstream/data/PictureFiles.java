package digitstream.data;

import digitstream.data.files.DataFile;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The pictures in a digit's folder and below it.
 *
 * @param pictures by name; also folders that are named like a picture and have none, which can't be read
 * @param links links to folders, which are not followed: they may lead to pictures of another digit, or to the same ones again
 */
record PictureFiles(List<Path> pictures, List<Path> links) {
    private static final int MAX_DEPTH = 8;
    /** Also formats that are not read, so that each such file is named. */
    private static final Pattern PICTURE = Pattern.compile(
            ".*\\.(png|jpe?g|jpe|jfif|gif|bmp|webp|hei[cf]|avif|tiff?|svg|jp2|jxl|dng|pgm|ppm|pnm|pbm)",
            Pattern.DOTALL);

    PictureFiles {
        pictures = List.copyOf(pictures);
        links = List.copyOf(links);
    }

    /**
     * Finds the pictures of a digit.
     *
     * @throws DataException if a folder can't be read, or is named after another digit or a part of a data set
     */
    static PictureFiles in(Path folder, int digit) {
        Visitor visitor = new Visitor(folder, digit);
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, visitor);
        } catch (IOException e) {
            throw new DataException(folder + " " + DataFile.reason(e), e);
        }
        visitor.pictures.sort(Comparator.naturalOrder());
        return new PictureFiles(visitor.pictures, visitor.links);
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final List<Path> pictures = new ArrayList<>();
        private final List<Path> links = new ArrayList<>();
        private final Path folder;
        private final int digit;

        Visitor(Path folder, int digit) {
            this.folder = folder;
            this.digit = digit;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (directory.equals(folder)) {
                return FileVisitResult.CONTINUE;
            }
            if (DigitFolders.isHidden(directory)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            if (Files.isSymbolicLink(directory)) {
                links.add(directory);
                return FileVisitResult.SKIP_SUBTREE;
            }
            OptionalInt inner = DigitFolders.digit(directory);
            if (inner.isPresent() && inner.getAsInt() != digit) {
                throw new DataException(
                        directory + " is the folder of a digit in the folder of another one; move it out,"
                                + " rename it, or name a folder whose subfolders 0 to 9 are the digits");
            }
            if (Part.of(directory).isPresent()) {
                throw new DataException(
                        directory + " divides one digit's pictures into training and test images; move them"
                                + " so that the folders train and test hold the folders 0 to 9");
            }
            return consider(directory);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return consider(file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A link that leads back, or to nothing, costs one file; a folder that is closed may cost a digit.
            if (e instanceof FileSystemLoopException) {
                links.add(file);
                return FileVisitResult.CONTINUE;
            }
            if (Files.isDirectory(file)) {
                throw new DataException(file + " " + DataFile.reason(e), e);
            }
            return consider(file);
        }

        private FileVisitResult consider(Path file) {
            if (PICTURE.matcher(DigitFolders.name(file)).matches() && !DigitFolders.isHidden(file)) {
                pictures.add(file);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
