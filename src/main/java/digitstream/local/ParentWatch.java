package digitstream.local;

import java.io.IOException;

/**
 * A Java agent that shuts its process down gracefully when the parent process has exited. The parent holds the other end of
 * standard input, which the operating system closes even after a {@code kill -9}. Uses only the JDK, because it is on the class
 * path of third-party servers.
 */
public final class ParentWatch {
    private ParentWatch() {}

    /** Called by the JVM before the main method of the child. */
    public static void premain(String arguments) {
        Thread watch = new Thread(ParentWatch::exitWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static void exitWithParent() {
        try {
            while (System.in.read() >= 0) {
                // The parent writes nothing. If it did, it would be alive.
            }
        } catch (IOException brokenPipe) {
            // The same as the end of the stream.
        }
        Runtime.getRuntime().exit(1);
    }
}
