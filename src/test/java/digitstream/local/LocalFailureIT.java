package digitstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said and what is left when the servers can't start, or end in trouble. */
class LocalFailureIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Those of other tests, which may share this process. */
    private final List<ProcessHandle> others =
            ProcessHandle.current().children().toList();

    @TempDir
    private Path folder;

    @Test
    void aTakenPortIsOneLineAndLeavesNoFolder() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                CommandLineProcess local = local("--port", "" + taken.getLocalPort())) {
            assertThat(local.waitFor(PATIENCE)).isNotZero();
            assertThat(local.err().strip())
                    .contains("port " + taken.getLocalPort() + " for the broker is taken")
                    .doesNotContain("\n");
        }
        assertThat(temporaryFolders()).isEmpty();
    }

    @Test
    void anOrderlyEndLeavesNoProcessAndNoFolder() throws Exception {
        try (CommandLineProcess local = local("--port", "0", "--registry-port", "0")) {
            Await.until("ready", PATIENCE, () -> local.out().contains("Ready:"));
            List<ProcessHandle> servers = local.process().children().toList();
            assertThat(temporaryFolders()).hasSize(1);
            local.signal("TERM");
            assertThat(local.waitFor(PATIENCE)).isZero();
            assertThat(servers).hasSize(2).noneMatch(ProcessHandle::isAlive);
        }
        assertThat(temporaryFolders()).isEmpty();
    }

    @Test
    void aBrokerThatCanNotStartLeavesItsLogAndNoProcess() throws Exception {
        Path log = folder.resolve("broker/broker.log");
        Files.createDirectories(log.getParent());
        // Where a folder has to be.
        Files.createFile(folder.resolve("broker/data"));
        assertThatThrownBy(() -> LocalCluster.start(CommandLineProcess.home(), Optional.of(folder), 0, 0))
                .isInstanceOf(LocalException.class)
                .hasMessageStartingWith("the broker's data folder can't be formatted: ")
                .hasMessageContaining(log.toString())
                .hasMessageNotContaining("\n");
        assertThat(log).isNotEmptyFile();
        assertThat(servers()).isEmpty();
    }

    @Test
    void theRegistryEndsEvenIfTheBrokerEndsInTrouble() throws Exception {
        LocalCluster cluster = LocalCluster.start(CommandLineProcess.home(), Optional.of(folder), 0, 0);
        assertThat(servers()).hasSize(2);
        // Which the broker's end puts aside.
        Files.delete(folder.resolve("broker/broker.log"));
        assertThatThrownBy(cluster::close).isInstanceOf(LocalException.class).hasMessageContaining("broker's log");
        assertThat(servers()).isEmpty();
    }

    @Test
    void aFolderThatCanNotBeMadeIsOneLine() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(
                        () -> LocalCluster.start(CommandLineProcess.home(), Optional.of(file.resolve("below")), 0, 0))
                .isInstanceOf(LocalException.class)
                .hasMessageStartingWith("the servers' folder can't be made")
                .hasMessageNotContaining("\n");
    }

    @Test
    void whereNothingIsBuiltItSaysHowToBuild() {
        assertThatThrownBy(() -> LocalCluster.start(folder, Optional.of(folder.resolve("servers")), 0, 0))
                .isInstanceOf(LocalException.class)
                .hasMessageContaining("build it with `mvn package`");
    }

    private CommandLineProcess local(String... options) throws Exception {
        return CommandLineProcess.start(
                folder,
                List.of("-Djava.io.tmpdir=" + folder),
                Stream.concat(Stream.of("local"), Stream.of(options)).toArray(String[]::new));
    }

    private List<ProcessHandle> servers() {
        return ProcessHandle.current()
                .children()
                .filter(child -> !others.contains(child))
                .toList();
    }

    private List<Path> temporaryFolders() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("digitstream-local-"))
                    .toList();
        }
    }
}
