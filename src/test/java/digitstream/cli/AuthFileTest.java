package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthFileTest {
    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("logins"), text);
    }

    @Test
    void readsUsersTokensAndComments() throws IOException {
        Path file = file(
                "# people\r\nbasic alice:a pass: word \r\n\r\n  bearer  abcdefghij0123456789==\nbasic bob:12345678");
        assertThatCode(() -> AuthFile.read(file)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "alice:s3cr3t-s3cr3t, line 2 is malformed; use 'basic USER:PASSWORD' or 'bearer TOKEN'",
        "Basic alice:s3cr3t-s3cr3t, line 2 is malformed",
        "basic alice s3cr3t-s3cr3t, line 2 is malformed",
        "basic :s3cr3t-s3cr3t, line 2 is malformed",
        "basic alice:, line 2 is malformed",
        "bearer s3cr3t s3cr3t s3cr3t, line 2 is malformed",
        "bearer s3cr3t, line 2 has a token of 6 characters; use 16 or more",
        "basic alice:s3cr3t, line 2 has a password of 6 characters; use 8 or more",
        "basic bob:s3cr3t-s3cr3t, line 2 has a user that an earlier line has",
    })
    void namesTheLineButNotItsSecret(String line, String message) throws IOException {
        Path file = file("basic bob:12345678\n" + line + "\n");
        assertThatThrownBy(() -> AuthFile.read(file))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("--auth-file " + file + " " + message)
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("s3cr3t");
    }

    @Test
    void refusesAFileWithoutALoginAndOneThatCannotBeRead() throws IOException {
        Path empty = file("# nobody\n");
        assertThatThrownBy(() -> AuthFile.read(empty)).hasMessageContaining("has no login; add a line");
        Path latin = Files.write(folder.resolve("latin"), new byte[] {'#', (byte) 0xE4});
        assertThatThrownBy(() -> AuthFile.read(latin)).hasMessageContaining("can't be read (it is not UTF-8)");
        assertThatThrownBy(() -> AuthFile.read(folder.resolve("none")))
                .hasMessageContaining("can't be read (it does not exist)");
        assertThat(folder).isNotEmptyDirectory();
    }
}
