package digitstream.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFolderTest {
    @TempDir
    private Path folder;

    @Test
    void findsNoFaultInAWritableFolderAndLeavesNothingThere() throws IOException {
        assertThat(NativeFolder.fault(folder)).isEmpty();
        assertThat(NativeFolder.faultForCode(folder)).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        assertThat(NativeFolder.fault(folder.resolve("nowhere"))).contains("does not exist");
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(NativeFolder.faultForCode(file)).contains("is not a folder");
    }

    /** Nobody can create files below /proc, not even root, whom permissions of folders do not stop. */
    @Test
    void namesAFolderThatIsNotWritable() {
        assumeTrue(Files.exists(Path.of("/proc/self")), "not Linux");
        assertThat(NativeFolder.fault(Path.of("/proc/self")).orElseThrow()).startsWith("is not writable");
    }

    @Test
    void recognisesAFullDisk() {
        assertThat(NativeFolder.isFull(new IllegalStateException(new IOException("No space left on device"))))
                .isTrue();
        assertThat(NativeFolder.isFull(new IOException())).isFalse();
        assumeTrue(Files.exists(Path.of("/dev/full")), "not Linux");
        Optional<IOException> failure = writeTo(Path.of("/dev/full"));
        assertThat(failure.map(NativeFolder::isFull)).contains(true);
    }

    private static Optional<IOException> writeTo(Path file) {
        try {
            Files.write(file, new byte[1]);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }
}
