package digitstream.model;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The methods of a TorchScript module that return the same probabilities, and the choice among them. Which one is fastest depends
 * on the processor and on the network, so they are tried.
 */
final class Methods {
    static final String FORWARD = "forward";
    /** Runs the convolutions on MKL-DNN tensors. */
    static final String MKLDNN = "forward_mkldnn";
    /** Likewise, from what {@link #PREPARE} has computed from the parameters. */
    static final String PREPARED = "forward_prepared";

    private static final String PREPARE = "prepare";

    /** Large enough that the fixed cost of a call does not matter. */
    private static final int BATCH = 64;

    private static final int WARM_UP_ROUNDS = 2;
    private static final int MIN_ROUNDS = 5;
    private static final int MAX_ROUNDS = 15;
    private static final long MAX_NANOS = 300_000_000;

    private Methods() {}

    /**
     * Tests a module's methods and returns the fastest one. Prepares the module, so no classifier may be in use yet.
     *
     * @throws ModelException if a method does not return probabilities, or two return different ones; the message has the remedy
     */
    static String fastest(Model model, ClassOrder order) {
        List<String> methods = of(model);
        List<Classifier> classifiers = methods.stream()
                .<Classifier>map(method -> new TorchScriptClassifier(model, method, order))
                .toList();
        try {
            SelfTest.run(classifiers.get(0));
            if (methods.size() == 1) {
                return methods.get(0);
            }
            if (methods.contains(PREPARED)) {
                prepare(model);
            }
            for (int i = 1; i < methods.size(); i++) {
                SelfTest.run(classifiers.get(i));
                SelfTest.requireEqual(classifiers.get(i), methods.get(i), classifiers.get(0), FORWARD);
            }
            return methods.get(fastest(classifiers));
        } finally {
            classifiers.forEach(Classifier::close);
        }
    }

    /** Returns forward, then the other methods that the module has and the machine can run. */
    static List<String> of(Model model) {
        List<String> methods = new ArrayList<>(List.of(FORWARD));
        if (Engines.pyTorch().hasCapability("MKLDNN") && model.getBlock() instanceof PtSymbolBlock block) {
            List<String> all = List.of(JniUtils.getMethodNames(block));
            if (all.contains(MKLDNN)) {
                methods.add(MKLDNN);
            }
            if (all.contains(PREPARED) && all.contains(PREPARE)) {
                methods.add(PREPARED);
            }
        }
        return methods;
    }

    private static void prepare(Model model) {
        try (NDManager once = model.getNDManager().newSubManager()) {
            model.getBlock()
                    .forward(new ParameterStore(once, false), new NDList(name(once, PREPARE)), false)
                    .attach(once);
        } catch (RuntimeException e) {
            throw new ModelException("its method " + PREPARE + " failed: " + PyTorchError.describe(e), e);
        }
    }

    /** Returns the array whose name tells DJL which method to call. */
    static NDArray name(NDManager manager, String method) {
        NDArray array = manager.zeros(new Shape(1));
        array.setName("module_method:" + method);
        return array;
    }

    /** Runs the classifiers in turn and returns the index of the one with the shortest run. */
    private static int fastest(List<Classifier> classifiers) {
        List<byte[]> digits = ReferenceDigits.images();
        List<byte[]> batch = IntStream.range(0, BATCH)
                .mapToObj(i -> digits.get(i % digits.size()))
                .toList();
        long[] shortest = new long[classifiers.size()];
        long start = System.nanoTime();
        for (int round = 0; round < WARM_UP_ROUNDS + MAX_ROUNDS; round++) {
            for (int i = 0; i < classifiers.size(); i++) {
                long from = System.nanoTime();
                classifiers.get(i).classify(batch);
                long nanos = System.nanoTime() - from;
                if (round == WARM_UP_ROUNDS || (round > WARM_UP_ROUNDS && nanos < shortest[i])) {
                    shortest[i] = nanos;
                }
            }
            if (round >= WARM_UP_ROUNDS + MIN_ROUNDS && System.nanoTime() - start > MAX_NANOS) {
                break;
            }
        }
        int fastest = 0;
        for (int i = 1; i < shortest.length; i++) {
            if (shortest[i] < shortest[fastest]) {
                fastest = i;
            }
        }
        return fastest;
    }
}
