package digitstream.cli;

import digitstream.dashboard.access.Credentials;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the file of {@code --auth-file}. Its errors name the file and the line, and never repeat what stands there, which may be a
 * part of a secret.
 */
final class AuthFile {
    private static final int MIN_PASSWORD = 8;
    private static final int MIN_TOKEN = 16;

    /** The user of basic authentication has no colon (RFC 7617). */
    private static final Pattern BASIC = Pattern.compile("basic +(?<user>[^:\\s]+):(?<password>\\P{Cntrl}+)");

    /** The characters of a bearer token (RFC 6750). */
    private static final Pattern BEARER = Pattern.compile("bearer +(?<token>[\\w.~+/-]+=*)");

    private AuthFile() {}

    static Credentials read(Path file) {
        List<String> lines = lines(file);
        Map<String, String> passwords = new HashMap<>();
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String where = "--auth-file " + file + " line " + (i + 1);
            Matcher basic = BASIC.matcher(line);
            Matcher bearer = BEARER.matcher(line);
            if (basic.matches()) {
                requireLength(where, "password", basic.group("password"), MIN_PASSWORD);
                if (passwords.putIfAbsent(basic.group("user"), basic.group("password")) != null) {
                    throw new UserException(where + " has a user that an earlier line has; remove one of them");
                }
            } else if (bearer.matches()) {
                requireLength(where, "token", bearer.group("token"), MIN_TOKEN);
                tokens.add(bearer.group("token"));
            } else {
                throw new UserException(where + " is malformed; use 'basic USER:PASSWORD' or 'bearer TOKEN'");
            }
        }
        if (passwords.isEmpty() && tokens.isEmpty()) {
            throw new UserException(
                    "--auth-file " + file + " has no login; add a line 'basic USER:PASSWORD' or 'bearer TOKEN'");
        }
        return new Credentials(passwords, tokens);
    }

    private static void requireLength(String where, String what, String secret, int min) {
        if (secret.length() < min) {
            throw new UserException(
                    where + " has a " + what + " of " + secret.length() + " characters; use " + min + " or more");
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw unreadable(file, "it is not UTF-8", e);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "it does not exist", e);
        } catch (IOException e) {
            throw unreadable(file, Writable.reason(e), e);
        }
    }

    private static UserException unreadable(Path file, String reason, IOException cause) {
        return new UserException(
                "--auth-file " + file + " can't be read (" + reason + "); name a readable file", cause);
    }
}
