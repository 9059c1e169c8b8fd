package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.model.ModelException;
import java.awt.AWTError;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class ErrorsTest {
    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(new OutOfMemoryError("Java heap space"), "out of memory (Java heap space)", "-Xmx"),
                Arguments.of(new OutOfMemoryError("GC overhead limit exceeded"), "out of memory", "-Xmx"),
                Arguments.of(new OutOfMemoryError(), "out of memory", "-Xmx"),
                Arguments.of(
                        new OutOfMemoryError("unable to create native thread: possibly out of memory"),
                        "native thread",
                        "ulimit -u"),
                Arguments.of(new OutOfMemoryError("Direct buffer memory"), "Direct", "-XX:MaxDirectMemorySize"),
                Arguments.of(
                        new OutOfMemoryError("Cannot reserve 8192 bytes of direct buffer memory"),
                        "direct",
                        "-XX:MaxDirectMemorySize"),
                Arguments.of(new OutOfMemoryError("Metaspace"), "Metaspace", "-XX:MaxMetaspaceSize"),
                Arguments.of(new StackOverflowError(), "stack is full", "-Xss"),
                Arguments.of(
                        new AWTError("Can't connect to X11 window server using ':99' as the value of DISPLAY"),
                        "Java's graphics can't be started (Can't connect to X11",
                        "-Djava.awt.headless=true"),
                Arguments.of(
                        new UnsatisfiedLinkError("/tmp/librocksdbjni.so: failed to map segment from shared object"),
                        "a native library can't be loaded (/tmp/librocksdbjni.so",
                        "-Djava.io.tmpdir"),
                Arguments.of(
                        new UnsatisfiedLinkError("libfreetype.so.6: cannot open shared object file"),
                        "libfreetype.so.6",
                        "apt-get install fontconfig"),
                Arguments.of(
                        new UnsatisfiedLinkError("Error loading shared library ld-linux-x86-64.so.2"),
                        "ld-linux",
                        "musl is not supported"),
                Arguments.of(
                        new UnsatisfiedLinkError("no jnilib in java.library.path"), "no jnilib", "install the library"),
                Arguments.of(
                        new NoClassDefFoundError("org/rocksdb/RocksDB"),
                        "org/rocksdb/RocksDB",
                        "folder lib next to digitstream.jar is incomplete"),
                Arguments.of(new NoSuchMethodError("'void a.B.c()'"), "a.B.c", "mvn clean package"),
                Arguments.of(
                        new ExceptionInInitializerError(new IllegalStateException("no such engine")),
                        "can't be initialised (java.lang.IllegalStateException: no such engine)",
                        "--verbose"),
                Arguments.of(
                        new NoClassDefFoundError("Could not initialize class sun.font.SunFontManager") {
                            @Override
                            public synchronized Throwable getCause() {
                                return new ExceptionInInitializerError(
                                        new InternalError("Fontconfig head is null, check your fonts"));
                            }
                        },
                        "Fontconfig head is null",
                        "apt-get install fontconfig"),
                Arguments.of(new UnsupportedClassVersionError("a/B has been compiled"), "newer Java", "JAVA_HOME"),
                Arguments.of(new AssertionError("broken\nin two lines"), "broken in two lines", "--verbose"),
                Arguments.of(new IllegalStateException("broken\n  frame #0: c10"), "broken;", "--verbose"),
                Arguments.of(
                        new IllegalStateException(
                                "[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory\n#0"),
                        "PyTorch is out of memory",
                        "--batch-size"),
                Arguments.of(new CompletionException(new OutOfMemoryError("Java heap space")), "out of memory", "-Xmx"),
                Arguments.of(
                        new UserException(
                                "the topology 'scoring' has stopped", new OutOfMemoryError("Java heap space")),
                        "the topology 'scoring' has stopped",
                        "-Xmx"),
                Arguments.of(
                        new ModelException("PyTorch can't be loaded; set DJL_CACHE_DIR", new UnsatisfiedLinkError("x")),
                        "PyTorch can't be loaded",
                        "set DJL_CACHE_DIR"),
                Arguments.of(new NoSuchFileException("/x/y"), "/x/y can't be read or written", "does not exist"),
                Arguments.of(new AccessDeniedException("/x/y"), "/x/y can't be read or written", "permission denied"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void explainsAnErrorInOneLineWithARemedy(Throwable error, String what, String remedy) {
        assertThat(Errors.lines(error))
                .singleElement()
                .asString()
                .contains(what, remedy)
                .doesNotContain("\n");
        assertThat(Errors.status(error)).isEqualTo(1);
    }

    @Test
    void boundsALineAndKeepsControlCharactersOutOfIt() {
        assertThat(Errors.lines(new UserException("a\tb\u001b[2J\r\nc" + "x".repeat(10_000))))
                .singleElement()
                .asString()
                .startsWith("a b\uFFFD[2J cxxx")
                .hasSizeLessThan(2_100)
                .matches("[^\\p{Cntrl}]+");
    }

    @Test
    void exitsWith2OnlyForAWrongValue() {
        assertThat(Errors.status(new KafkaException("x", new ConfigException("acks", "h", "is wrong"))))
                .isEqualTo(2);
        assertThat(Errors.status(new KafkaException(
                        "x", new ConfigException("No resolvable bootstrap urls given in bootstrap.servers"))))
                .isEqualTo(1);
        assertThat(Errors.status(new UserException("x"))).isEqualTo(1);
        assertThat(Errors.status(new UsageException("x"))).isEqualTo(2);
    }

    @Test
    void tellsWhyAClientCannotBeCreatedAndNoWordOfAPassword() {
        assertThat(client(
                        "security.protocol",
                        "SSL",
                        "ssl.keystore.location",
                        "/nowhere/keys.jks",
                        "ssl.keystore.password",
                        "hidden"))
                .contains("/nowhere/keys.jks", "(the file does not exist); check --property and --command-config");
        assertThat(jaas("required username=\"u\" password=\"hidden\""))
                .contains("(JAAS config entry not terminated by semi-colon); check");
        assertThat(jaas("required username=u password=one hidden;"))
                .contains("(Value not specified for key in JAAS config); check");
        assertThat(jaas("hidden username=u;")).contains("(Invalid login module control flag in JAAS config); check");
    }

    private static String jaas(String text) {
        return client(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule " + text);
    }

    /** Returns the message about a client that can't be created with these settings. */
    private static String client(String... settings) {
        StringWriter err = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("topics", "describe", "--bootstrap-server", "127.0.0.1:1"));
        for (int i = 0; i < settings.length; i += 2) {
            arguments.addAll(List.of("--property", settings[i] + "=" + settings[i + 1]));
        }
        assertThat(Main.execute(new PrintWriter(err), arguments)).isNotZero();
        assertThat(err.toString()).hasLineCount(1).doesNotContain("hidden");
        return err.toString();
    }

    @Test
    void leavesItToTheMessageThatAKeystoreIsMissing() {
        assertThat(LoggerFactory.getLogger("org.apache.kafka.common.security.ssl.DefaultSslEngineFactory")
                        .isErrorEnabled())
                .isFalse();
    }

    @Test
    void masksPasswordsInMessagesAndStackTraces() {
        StringWriter out = new StringWriter();
        Errors.print(
                new PrintWriter(out),
                new UserException(
                        "http://user:secret@host failed", new IllegalStateException("ssl.key.password=secret")),
                true);
        assertThat(out.toString())
                .contains("http://***@host failed", "ErrorsTest")
                .doesNotContain("secret");
    }
}
