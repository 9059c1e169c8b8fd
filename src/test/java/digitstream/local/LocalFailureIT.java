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

/** Error messages and cleanup when the servers can't start or can't stop cleanly. */
class LocalFailureIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Child processes of other tests, which may run in the same JVM. */
    private final List<ProcessHandle> otherChildren =
            ProcessHandle.current().children().toList();

    @TempDir
    private Path folder;

    @Test
    void reportsAPortInUseInOneLineAndLeavesNoFolder() throws Exception {
        try (ServerSocket inUse = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                CommandLineProcess local = local("--port", "" + inUse.getLocalPort())) {
            assertThat(local.waitFor(TIMEOUT)).isNotZero();
            assertThat(local.err().strip())
                    .contains("port " + inUse.getLocalPort() + " for the broker is in use")
                    .doesNotContain("\n");
        }
        assertThat(temporaryFolders()).isEmpty();
    }

    @Test
    void gracefulShutdownLeavesNoProcessesAndNoFolder() throws Exception {
        try (CommandLineProcess local = local("--port", "0", "--registry-port", "0")) {
            Await.until("ready", TIMEOUT, () -> local.out().contains("Ready:"));
            List<ProcessHandle> servers = local.process().children().toList();
            assertThat(temporaryFolders()).hasSize(1);
            local.signal("TERM");
            assertThat(local.waitFor(TIMEOUT)).isZero();
            assertThat(servers).hasSize(2).noneMatch(ProcessHandle::isAlive);
        }
        assertThat(temporaryFolders()).isEmpty();
    }

    @Test
    void failedBrokerStartLeavesTheLogAndNoProcess() throws Exception {
        Path log = folder.resolve("broker/broker.log");
        Files.createDirectories(log.getParent());
        // A file in place of the data folder.
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
    void stopsTheRegistryEvenIfTheBrokerFailsToStop() throws Exception {
        LocalCluster cluster = LocalCluster.start(CommandLineProcess.home(), Optional.of(folder), 0, 0);
        assertThat(servers()).hasSize(2);
        // The broker renames its log when it stops, which now fails.
        Files.delete(folder.resolve("broker/broker.log"));
        assertThatThrownBy(cluster::close).isInstanceOf(LocalException.class).hasMessageContaining("broker's log");
        assertThat(servers()).isEmpty();
    }

    @Test
    void reportsAFolderThatCanNotBeCreatedInOneLine() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(
                        () -> LocalCluster.start(CommandLineProcess.home(), Optional.of(file.resolve("below")), 0, 0))
                .isInstanceOf(LocalException.class)
                .hasMessageStartingWith("the servers' folder can't be created")
                .hasMessageNotContaining("\n");
    }

    @Test
    void tellsHowToBuildIfTheDistributionIsMissing() {
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
                .filter(child -> !otherChildren.contains(child))
                .toList();
    }

    private List<Path> temporaryFolders() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("digitstream-local-"))
                    .toList();
        }
    }
}
