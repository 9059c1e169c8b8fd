package digitstream.cli;

import com.sun.jna.Function;
import com.sun.jna.Platform;

/**
 * Ends the process while threads still run native code. {@code System.exit} and {@code Runtime.halt} call C's {@code exit}, which
 * runs the exit handlers of native libraries. They free what the threads use, which was seen to abort the process.
 */
final class ImmediateExit {
    private ImmediateExit() {}

    /** Ends the process with this status, without any exit handler or shutdown hook. Does not return. */
    static void with(int status) {
        System.out.flush();
        System.err.flush();
        try {
            Function.getFunction(Platform.C_LIBRARY_NAME, "_exit").invokeVoid(new Object[] {status});
        } catch (LinkageError e) {
            // JNA can't load its library, for example from a temporary folder that is mounted noexec.
            Runtime.getRuntime().halt(status);
        }
    }
}
