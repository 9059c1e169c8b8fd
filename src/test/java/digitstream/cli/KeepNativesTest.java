package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that makes the container image's jars smaller, as the Dockerfile runs it. */
class KeepNativesTest {
    /** Paths as the libraries name them, by processor. */
    private static final List<String> AMD64 = List.of(
            "librocksdbjni-linux64.so",
            "linux/amd64/libzstd-jni.so",
            "org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so",
            "com/sun/jna/linux-x86-64/libjnidispatch.so",
            "jnilib/linux-x86_64/cpu/libdjl_torch.so");

    private static final List<String> AARCH64 = List.of(
            "librocksdbjni-linux-aarch64.so",
            "linux/aarch64/libzstd-jni.so",
            "org/xerial/snappy/native/Linux/aarch64/libsnappyjava.so",
            "com/sun/jna/linux-aarch64/libjnidispatch.so",
            "jnilib/linux-aarch64/cpu/libdjl_torch.so");

    private static final List<String> OTHERS = List.of(
            "librocksdbjni-linux64-musl.so",
            "librocksdbjni-linux32.so",
            "librocksdbjni-linux-aarch64-musl.so",
            "librocksdbjni-linux-ppc64le.so",
            "librocksdbjni-osx-arm64.jnilib",
            "librocksdbjni-win64.dll",
            "darwin/aarch64/libzstd-jni.dylib",
            "freebsd/amd64/libzstd-jni.so",
            "linux/i386/libzstd-jni.so",
            "org/xerial/snappy/native/Linux/android-aarch64/libsnappyjava.so",
            "org/xerial/snappy/native/AIX/ppc/libsnappyjava.a",
            "org/xerial/snappy/native/SunOS/x86_64/libsnappyjava.so",
            "com/sun/jna/openbsd-x86-64/libjnidispatch.so",
            "com/sun/jna/win32-x86-64/jnidispatch.dll");

    private static final List<String> NO_LIBRARIES_OF_A_SYSTEM =
            List.of("META-INF/MANIFEST.MF", "com/sun/jna/win32/Kernel.class", "META-INF/native/libepoll_x86_64.so");

    @TempDir
    private Path folder;

    @Test
    void keepsWhatThisPlatformNeeds() throws Exception {
        String processor = System.getProperty("os.arch");
        assumeTrue(System.getProperty("os.name").equals("Linux"), "images are built on Linux");
        assumeTrue(List.of("amd64", "aarch64").contains(processor), "images are built for amd64 and aarch64");
        List<String> all = new ArrayList<>(NO_LIBRARIES_OF_A_SYSTEM);
        all.addAll(AMD64);
        all.addAll(AARCH64);
        all.addAll(OTHERS);
        Path jar = write("natives.jar", all);
        Path plain = write("plain.jar", NO_LIBRARIES_OF_A_SYSTEM);
        byte[] before = Files.readAllBytes(plain);

        run(folder);

        List<String> kept = new ArrayList<>(NO_LIBRARIES_OF_A_SYSTEM);
        kept.addAll(processor.equals("amd64") ? AMD64 : AARCH64);
        try (ZipFile entries = new ZipFile(jar.toFile())) {
            assertThat(entries.stream().map(ZipEntry::getName).toList()).isEqualTo(kept);
            for (String name : kept) {
                try (var in = entries.getInputStream(entries.getEntry(name))) {
                    assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                            .isEqualTo("content of " + name);
                }
            }
        }
        assertThat(plain).hasBinaryContent(before);
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }

    private Path write(String name, List<String> entries) throws IOException {
        Path jar = folder.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(("content of " + entry).getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return jar;
    }

    /** Runs the program on the jars in a folder. */
    static void run(Path folder) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "scripts/KeepNatives.java",
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }
}
