package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserFoldersTest {
    @TempDir
    private Path folder;

    private final List<String> messages = new ArrayList<>();
    private Path home;
    private Path passwd;
    private Path temporary;

    @BeforeEach
    void createFolders() throws IOException {
        home = Files.createDirectory(folder.resolve("home"));
        passwd = Files.createDirectory(folder.resolve("passwd"));
        temporary = Files.createDirectory(folder.resolve("tmp"));
    }

    @Test
    void prefersAVariableForThePurpose() {
        UserFolders folders = folders(
                Map.of("HOME", home.toString(), "XDG_CACHE_HOME", "/cache", "XDG_STATE_HOME", "/state"),
                passwd.toString());
        assertThat(folders.mnist()).isEqualTo(Path.of("/cache/digitstream/mnist"));
        assertThat(folders.state()).isEqualTo(Path.of("/state/digitstream"));
        assertThat(messages).isEmpty();
    }

    @Test
    void prefersHomeToThePasswordFile() {
        UserFolders folders = folders(Map.of("HOME", home.toString()), passwd.toString());
        assertThat(folders.mnist()).isEqualTo(home.resolve(".cache/digitstream/mnist"));
        assertThat(folders.state()).isEqualTo(home.resolve(".local/state/digitstream"));
        assertThat(messages).isEmpty();
    }

    @Test
    void takesThePasswordFilesHomeWithoutAWritableOne() {
        for (String unusable : List.of("", " ", "/proc", "/dev/null")) {
            assertThat(folders(Map.of("HOME", unusable, "XDG_STATE_HOME", ""), passwd.toString())
                            .state())
                    .isEqualTo(passwd.resolve(".local/state/digitstream"));
        }
        assertThat(folders(Map.of(), passwd.toString()).state()).isEqualTo(passwd.resolve(".local/state/digitstream"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "", "/proc", "/dev/null"})
    void takesAPrivateTemporaryFolderWithoutAnyHome(String unusable) throws IOException {
        Path state = folders(Map.of(), unusable).state();
        assertThat(state).startsWithRaw(temporary).hasFileName("digitstream");
        Path own = temporary.resolve(temporary.relativize(state).getName(0));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rwx------");
        assertThat(messages).singleElement().asString().contains(state.toString(), "set HOME or XDG_STATE_HOME");
        assertThat(folders(Map.of(), unusable).state()).as("the next process").isEqualTo(state);
        assertThat(Path.of("?")).doesNotExist();
    }

    @Test
    void refusesATemporaryFolderThatOthersMayWriteTo() throws IOException {
        Path own = folders(Map.of(), "?").state();
        Path shared = temporary.resolve(temporary.relativize(own).getName(0));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> folders(Map.of(), "?").state())
                .isInstanceOf(UserException.class)
                .hasMessageContaining("set HOME to a writable folder");
        Files.delete(shared);
        Files.createSymbolicLink(shared, home);
        assertThatThrownBy(() -> folders(Map.of(), "?").state()).isInstanceOf(UserException.class);
    }

    @Test
    void saysWhatToDoWithoutAnyWritableFolder() {
        assertThatThrownBy(() -> new UserFolders(Map.of(), null, Path.of("/proc"), messages::add).state())
                .isInstanceOf(UserException.class)
                .hasMessageContaining("set HOME to a writable folder");
    }

    private UserFolders folders(Map<String, String> environment, @Nullable String passwordFileHome) {
        return new UserFolders(environment, passwordFileHome, temporary, messages::add);
    }
}
