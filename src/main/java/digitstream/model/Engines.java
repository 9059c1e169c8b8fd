package digitstream.model;

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
