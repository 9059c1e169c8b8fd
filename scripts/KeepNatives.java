import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Removes native libraries of other platforms from the jars in a folder, for the container image:
 *
 * <pre>java scripts/KeepNatives.java FOLDER</pre>
 *
 * <p>A library stays if its path names this processor's Linux with glibc, or no operating system at all.
 */
public final class KeepNatives {
    private static final Pattern LIBRARY = Pattern.compile(".*\\.(so|dll|dylib|jnilib|a)");
    private static final Pattern SYSTEM =
            Pattern.compile("(^|[/_-])(linux|android|musl|win|mac|osx|darwin|aix|freebsd|openbsd|dragonfly|sunos)"
                    + "|\\.(dll|dylib|jnilib|a)$");
    private static final Pattern OTHER_LINUX = Pattern.compile("android|musl");

    /** What paths call the platform, by the JVM's name of the processor. */
    private static final Map<String, Pattern> PLATFORMS = Map.of(
            "amd64", Pattern.compile("linux[/-](amd64|x86[_-]64)|linux64"),
            "aarch64", Pattern.compile("linux[/-]aarch64"));

    private KeepNatives() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Pattern platform = PLATFORMS.get(System.getProperty("os.arch"));
        if (platform == null || !System.getProperty("os.name").equals("Linux")) {
            System.out.println("All native libraries stay: this platform is not known here");
            return;
        }
        List<Path> jars;
        try (Stream<Path> files = Files.list(folder)) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        for (Path jar : jars) {
            long before = Files.size(jar);
            if (hasForeign(jar, platform)) {
                rewrite(jar, platform);
                System.out.printf("%s: %,d kB -> %,d kB%n", jar.getFileName(), before >> 10, Files.size(jar) >> 10);
            }
        }
    }

    private static boolean isForeign(String path, Pattern platform) {
        String name = path.toLowerCase(Locale.ROOT);
        return LIBRARY.matcher(name).matches()
                && SYSTEM.matcher(name).find()
                && (OTHER_LINUX.matcher(name).find() || !platform.matcher(name).find());
    }

    private static boolean hasForeign(Path jar, Pattern platform) throws IOException {
        try (ZipFile entries = new ZipFile(jar.toFile())) {
            return entries.stream().anyMatch(entry -> isForeign(entry.getName(), platform));
        }
    }

    private static void rewrite(Path jar, Pattern platform) throws IOException {
        Path rewritten = jar.resolveSibling(jar.getFileName() + ".tmp");
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(rewritten))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!isForeign(entry.getName(), platform)) {
                    ZipEntry copy = new ZipEntry(entry.getName());
                    copy.setTimeLocal(entry.getTimeLocal());
                    out.putNextEntry(copy);
                    in.transferTo(out);
                    out.closeEntry();
                }
            }
        }
        Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
    }
}
