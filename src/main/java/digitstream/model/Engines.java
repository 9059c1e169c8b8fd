package digitstream.model;

/**
 * How the PyTorch engine is set up. It reads its settings once, when it is loaded into the process, so that a process
 * either serves or trains. What the user has set stays.
 */
public final class Engines {
    private Engines() {}

    /**
     * For serving: one thread inside an operator, because each stream thread brings its own. The profiling executor stays
     * on: it was not slower at changing batch sizes (docs/decisions/003).
     */
    public static void forInference() {
        setIfAbsent("ai.djl.pytorch.num_threads", "1");
        setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
        forAll();
    }

    /** For training and evaluation: all processors inside an operator. */
    public static void forTraining() {
        setIfAbsent(
                "ai.djl.pytorch.num_threads",
                Integer.toString(Runtime.getRuntime().availableProcessors()));
        forAll();
    }

    /** How many threads an operator has while training. */
    public static int trainingThreads() {
        return Integer.getInteger(
                "ai.djl.pytorch.num_threads", Runtime.getRuntime().availableProcessors());
    }

    private static void forAll() {
        // Nothing is looked up or reported over the network.
        setIfAbsent("ai.djl.offline", "true");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        // Otherwise the engine logs how it was set up before our own loggers are.
        setIfAbsent("ai.djl.default_engine", "PyTorch");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
