package digitstream.local;

import java.io.IOException;

/**
 * An agent that ends its process in order when the parent is gone, however that ended: the parent holds the other end of
 * standard input, which the system closes for it even after a {@code kill -9}. Uses nothing but the JDK, because it is on
 * the class path of servers that are not ours.
 */
public final class ParentWatch {
    private ParentWatch() {}

    /** Called by the JVM before the child's main. */
    public static void premain(String arguments) {
        Thread watch = new Thread(ParentWatch::exitWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static void exitWithParent() {
        try {
            while (System.in.read() >= 0) {
                // The parent writes nothing; should it ever, that is a sign of life.
            }
        } catch (IOException brokenPipe) {
            // The same as its end.
        }
        Runtime.getRuntime().exit(1);
    }
}
