package digitstream.cli;

import digitstream.common.Causes;
import java.util.Locale;
import java.util.Optional;

/**
 * Explains Java's {@link Error}s: what is wrong with the machine or the installation, and what to do. They are not exceptions of a
 * command, so no other part of the program expects them.
 */
final class JavaErrors {
    private static final String OPTIONS = "DIGITSTREAM_OPTS (or after `java`)";

    private JavaErrors() {}

    /** Returns the first Error among the causes; empty if there is none. */
    static Optional<Error> in(Throwable error) {
        return Causes.first(error, Error.class);
    }

    /** Returns one line that says what is wrong and what to do. */
    static String explain(Error error) {
        if (error instanceof OutOfMemoryError) {
            return "out of memory (" + message(error) + "); " + remedy(error);
        }
        if (error instanceof StackOverflowError) {
            return "a thread's stack is full; " + remedy(error);
        }
        if (error instanceof UnsatisfiedLinkError) {
            return "a native library can't be loaded (" + message(error) + "); " + remedy(error);
        }
        if (error instanceof UnsupportedClassVersionError) {
            return "a library needs a newer Java (" + message(error) + "); " + remedy(error);
        }
        if (error instanceof ExceptionInInitializerError || error instanceof LinkageError) {
            Throwable root = Causes.root(error);
            if (root != error && !(root instanceof ClassNotFoundException)) {
                return "a library can't be initialised (" + root + "); " + remedy(root);
            }
            return "a class is missing or does not fit the others (" + message(error) + "); " + remedy(error);
        }
        if (error.getClass().getName().equals("java.awt.AWTError")) {
            return "Java's graphics can't be started (" + message(error) + "); " + remedy(error);
        }
        return "unexpected error: " + error + "; " + remedy(error);
    }

    /** Returns what to do about an Error, or about what kept a class from being initialised. */
    static String remedy(Throwable error) {
        String text = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        if (error instanceof OutOfMemoryError) {
            return memoryRemedy(text);
        }
        if (error instanceof StackOverflowError) {
            return "raise its size, for example with -Xss4m in " + OPTIONS;
        }
        if (text.contains("fontconfig") || text.contains("libfreetype") || text.contains("libfontmanager")) {
            return "install fonts ('apt-get install fontconfig fonts-dejavu-core libfreetype6')";
        }
        if (error.getClass().getName().equals("java.awt.AWTError") || text.contains("libawt_xawt")) {
            return "set -Djava.awt.headless=true in " + OPTIONS;
        }
        if (text.contains("failed to map segment") || text.contains("operation not permitted")) {
            return "the temporary folder seems to be mounted noexec: set -Djava.io.tmpdir=DIR in " + OPTIONS;
        }
        if (text.contains("ld-linux") || text.contains("ld-musl") || text.contains("glibc")) {
            return "use a system with a recent glibc, such as Debian 12 or Ubuntu 22.04; Alpine's musl is not supported";
        }
        if (error instanceof UnsatisfiedLinkError) {
            return "install the library that it names, and check that the temporary folder is writable";
        }
        if (error instanceof UnsupportedClassVersionError) {
            return "install Java 17 or newer, and set JAVA_HOME to it";
        }
        if (error instanceof LinkageError) {
            return "the folder lib next to digitstream.jar is incomplete or from another version: build it again with"
                    + " `mvn clean package`";
        }
        return "run with --verbose to see the stack trace";
    }

    private static String memoryRemedy(String text) {
        if (text.contains("native thread")) {
            return "raise the limit of threads (`ulimit -u`, or the container's limit of processes)";
        }
        if (text.contains("direct buffer")) {
            return "raise the limit, for example with -XX:MaxDirectMemorySize=512m in " + OPTIONS;
        }
        if (text.contains("metaspace") || text.contains("compressed class")) {
            return "raise the limit, for example with -XX:MaxMetaspaceSize=256m in " + OPTIONS;
        }
        long megabytes = Runtime.getRuntime().maxMemory() >> 20;
        return "the heap has " + megabytes + " MB: raise it, for example with -Xmx" + Math.max(2, (2 * megabytes) >> 10)
                + "g in " + OPTIONS;
    }

    private static String message(Error error) {
        return String.valueOf(error.getMessage());
    }
}
