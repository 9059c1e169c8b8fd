package digitstream.model;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.util.Utils;
import digitstream.common.NativeFolder;
import java.nio.file.Path;

/**
 * Configures the PyTorch engine through system properties. The engine reads them once, when it is loaded, so a process
 * either serves or trains. Properties that the user has set are kept.
 */
public final class Engines {
    private Engines() {}

    /**
     * Configures the engine for serving: one thread per operator, because the stream threads already run in parallel. The
     * profiling executor stays on: it was not slower with changing batch sizes (docs/decisions/003).
     */
    public static void forInference() {
        setIfAbsent("ai.djl.pytorch.num_threads", "1");
        setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
        forAll();
    }

    /** Configures the engine for training and evaluation: operators use all processors. */
    public static void forTraining() {
        setIfAbsent(
                "ai.djl.pytorch.num_threads",
                Integer.toString(Runtime.getRuntime().availableProcessors()));
        forAll();
    }

    /** Returns the number of threads that an operator uses in training. */
    public static int trainingThreads() {
        return Integer.getInteger(
                "ai.djl.pytorch.num_threads", Runtime.getRuntime().availableProcessors());
    }

    /**
     * Returns PyTorch, after loading its native library.
     *
     * @throws ModelException if the library can't be unpacked or loaded; the message names the folder and the remedy
     */
    public static Engine pyTorch() {
        try {
            return Engine.getEngine("PyTorch");
        } catch (EngineException | LinkageError e) {
            throw new ModelException("PyTorch's native library can't be loaded: " + fault(e), e);
        }
    }

    /** DJL unpacks the library to its cache folder, and loads it from there. */
    private static String fault(Throwable failure) {
        Path cache = Utils.getEngineCacheDir().toAbsolutePath();
        if (NativeFolder.isFull(failure)) {
            return cache + " is on a full disk; free 500 MB, or set DJL_CACHE_DIR to a folder with more space";
        }
        return NativeFolder.faultForCode(cache)
                .map(fault -> cache + " " + fault
                        + "; set DJL_CACHE_DIR to a writable folder on a disk that is not mounted noexec")
                .orElseGet(() -> PyTorchError.reason(failure) + "; delete " + cache.resolve("pytorch")
                        + ", so that it is unpacked again, and build on the kind of machine that runs it");
    }

    private static void forAll() {
        // No look-ups or usage reports over the network.
        setIfAbsent("ai.djl.offline", "true");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        // Otherwise the engine logs its configuration before our loggers are set up.
        setIfAbsent("ai.djl.default_engine", "PyTorch");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
