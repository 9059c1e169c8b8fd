package digitstream.model;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The methods of a TorchScript module that return the same probabilities, or nearly so in a lower precision, and the choice among
 * them. Which one is fastest depends on the processor and on the network, so they are tried.
 */
final class Methods {
    static final String FORWARD = "forward";
    /** Runs the convolutions on MKL-DNN tensors. */
    static final String MKLDNN = "forward_mkldnn";
    /** Likewise, from what {@link #PREPARE} has computed from the parameters. */
    static final String PREPARED = "forward_prepared";

    /** Runs the convolutions in bfloat16, where the processor can, from what {@link #PREPARE_BFLOAT16} has computed. */
    static final String BFLOAT16 = "forward_bfloat16";

    private static final String PREPARE = "prepare";
    private static final String PREPARE_BFLOAT16 = "prepare_bfloat16";

    /** Large enough that the fixed cost of a call does not matter. */
    private static final int BATCH = 64;

    private static final int WARM_UP_ROUNDS = 2;
    private static final int MIN_ROUNDS = 5;
    private static final int MAX_ROUNDS = 15;
    private static final long MAX_NANOS = 300_000_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Methods() {}

    /**
     * The outcome of the trial.
     *
     * @param all the methods that were tried, {@link #FORWARD} first
     * @param fastest one of them
     * @param bfloat16Fault why {@link #BFLOAT16} is not among them; empty if it is, or was not to be tried
     */
    record Choice(List<String> all, String fastest, Optional<String> bfloat16Fault) {
        Choice {
            all = List.copyOf(all);
        }
    }

    /**
     * Tests a module's methods and chooses the fastest one. Prepares the module, so no classifier may be in use yet.
     *
     * @param bfloat16 whether to try {@link #BFLOAT16} too, which is not tried if it can't be used
     * @param rest called between steps
     * @throws ModelException if a method does not return probabilities, or two in float32 return different ones; the message has
     *     the remedy
     */
    static Choice choose(Model model, ClassOrder order, boolean bfloat16, Runnable rest) {
        List<String> methods = of(model);
        List<Classifier> classifiers = new ArrayList<>();
        try {
            methods.forEach(method -> classifiers.add(new TorchScriptClassifier(model, method, order)));
            SelfTest.run(classifiers.get(0));
            rest.run();
            if (methods.contains(PREPARED)) {
                prepare(model, PREPARE);
                rest.run();
            }
            for (int i = 1; i < methods.size(); i++) {
                SelfTest.run(classifiers.get(i));
                SelfTest.requireEqual(classifiers.get(i), methods.get(i), classifiers.get(0), FORWARD);
                rest.run();
            }
            Optional<String> fault = bfloat16 ? bfloat16Fault(model, order) : Optional.empty();
            if (bfloat16 && fault.isEmpty()) {
                methods.add(BFLOAT16);
                classifiers.add(new TorchScriptClassifier(model, BFLOAT16, order));
            }
            String fastest = methods.size() == 1 ? FORWARD : methods.get(fastest(classifiers, rest));
            return new Choice(methods, fastest, fault);
        } finally {
            classifiers.forEach(Classifier::close);
        }
    }

    /**
     * Prepares a module for {@link #BFLOAT16} and tests that method. The other methods stay as they are.
     *
     * @return why it can't be used, for example because the processor has no such arithmetic; empty if it can
     */
    static Optional<String> bfloat16Fault(Model model, ClassOrder order) {
        if (!hasMethods(model, PREPARE_BFLOAT16, BFLOAT16)) {
            return Optional.of("this module or this PyTorch can't run " + BFLOAT16);
        }
        try (Classifier bfloat16 = new TorchScriptClassifier(model, BFLOAT16, order);
                Classifier forward = new TorchScriptClassifier(model, FORWARD, order)) {
            prepare(model, PREPARE_BFLOAT16);
            SelfTest.runBfloat16(bfloat16, BFLOAT16, forward, FORWARD);
            return Optional.empty();
        } catch (ModelException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Returns forward, then the other methods in float32 that the module has and the machine can run. */
    private static List<String> of(Model model) {
        List<String> methods = new ArrayList<>(List.of(FORWARD));
        if (hasMethods(model, MKLDNN)) {
            methods.add(MKLDNN);
        }
        if (hasMethods(model, PREPARE, PREPARED)) {
            methods.add(PREPARED);
        }
        return methods;
    }

    private static boolean hasMethods(Model model, String... names) {
        return Engines.pyTorch().hasCapability("MKLDNN")
                && model.getBlock() instanceof PtSymbolBlock block
                && List.of(JniUtils.getMethodNames(block)).containsAll(List.of(names));
    }

    private static void prepare(Model model, String method) {
        try (NDManager once = model.getNDManager().newSubManager()) {
            model.getBlock()
                    .forward(new ParameterStore(once, false), new NDList(name(once, method)), false)
                    .attach(once);
        } catch (RuntimeException e) {
            throw new ModelException("its method " + method + " failed: " + PyTorchError.describe(e), e);
        }
    }

    /** Returns the array whose name tells DJL which method to call. */
    static NDArray name(NDManager manager, String method) {
        NDArray array = manager.zeros(new Shape(1));
        array.setName("module_method:" + method);
        return array;
    }

    /**
     * Runs the classifiers in turn and returns the index of the one with the shortest run. A run is as long as the thread's processor
     * time: on a busy machine, the call that comes after a long one is interrupted each time.
     */
    private static int fastest(List<Classifier> classifiers, Runnable rest) {
        List<byte[]> digits = ReferenceDigits.images();
        List<byte[]> batch = IntStream.range(0, BATCH)
                .mapToObj(i -> digits.get(i % digits.size()))
                .toList();
        long[] shortest = new long[classifiers.size()];
        long start = System.nanoTime();
        for (int round = 0; round < WARM_UP_ROUNDS + MAX_ROUNDS; round++) {
            for (int i = 0; i < classifiers.size(); i++) {
                long from = THREADS.getCurrentThreadCpuTime();
                classifiers.get(i).classify(batch);
                long nanos = THREADS.getCurrentThreadCpuTime() - from;
                if (round == WARM_UP_ROUNDS || (round > WARM_UP_ROUNDS && nanos < shortest[i])) {
                    shortest[i] = nanos;
                }
                rest.run();
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
