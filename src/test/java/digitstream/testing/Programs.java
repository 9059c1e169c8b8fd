package digitstream.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** Finds optional programs that tests use if they are installed. */
public final class Programs {
    private Programs() {}

    /** Returns the first of these programs that is on the PATH. */
    public static Optional<Path> find(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Returns a program, and reports the test as skipped if it is not on the PATH; as failed where the variable {@code CI} is set,
     * because nobody would notice there.
     */
    public static Path require(String name) {
        Optional<Path> program = find(name);
        if (program.isEmpty()) {
            String message = name + " is not on the PATH; install it";
            if (System.getenv("CI") != null) {
                throw new AssertionError(message);
            }
            throw new TestAbortedException(message);
        }
        return program.get();
    }
}
