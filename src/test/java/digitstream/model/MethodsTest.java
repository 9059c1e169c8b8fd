package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.Model;
import digitstream.common.InferencePrecision;
import digitstream.testing.TorchScripts;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the methods of a module, of which the fastest is chosen. */
class MethodsTest {
    private static final String SOFTMAX = TorchScripts.LOGITS + "    return torch.softmax(logits, 1)\n";

    @TempDir
    private Path models;

    @BeforeEach
    void requireMklDnn() {
        assumeTrue(Engines.pyTorch().hasCapability("MKLDNN"), "this PyTorch has no MKL-DNN");
    }

    /** Depends on x: what depends on constants only, PyTorch computes once, when it optimises the method. */
    private static final String SLOW =
            """
                for i in range(10):
                  zero = torch.mul(torch.sum(torch.to(x, 6)), 0)
                  z = torch.matmul(torch.add(torch.ones([300, 300]), zero), torch.ones([300, 300]))
                  x = torch.add(x, torch.to(torch.mul(torch.sum(z), 0), 0))
            """;

    private static final String PREPARE = "    return torch.ones([1])\n";
    private static final String FAILS = "    return torch.matmul(torch.ones([2]), torch.ones([3]))\n";

    private static final LowerPrecision ACCURATE = new LowerPrecision("bfloat16", 70_000, 69_061, 69_064);
    private static final LowerPrecision INACCURATE = new LowerPrecision("bfloat16", 70_000, 69_000, 69_064);

    @ParameterizedTest
    @CsvSource({"lenet, forward_mkldnn", "lenet, forward_prepared", "convnet, forward_mkldnn"})
    void returnsTheSameProbabilitiesAsForward(String graph, String method) throws Exception {
        try (Model model = Engines.pyTorch().newModel(graph, Device.cpu())) {
            model.load(new ByteArrayInputStream(Graphs.bytes(graph)), Map.of("mapLocation", "true"));
            scaleParameters(model, 3);
            Methods.choose(model, ClassOrder.of(ModelCard.DIGITS), false, () -> {});
            try (Classifier forward = classifier(model, "forward");
                    Classifier other = classifier(model, method)) {
                for (int size : new int[] {1, 33, 64, 65, 200, 300}) {
                    float[] expected = forward.classify(Graphs.images(size));
                    float[] actual = other.classify(Graphs.images(size));
                    assertThat(actual)
                            .hasSize(10 * size)
                            .usingComparatorWithPrecision(1e-5f)
                            .containsExactly(expected);
                }
                float[] digits = forward.classify(ReferenceDigits.images());
                assertThat(digits)
                        .usingComparatorWithPrecision(1e-5f)
                        .containsExactly(other.classify(ReferenceDigits.images()));
                assertThat(digits[0]).isNotCloseTo(0.1f, within(0.001f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"lenet, 3", "convnet, 1.25"})
    void returnsNearlyTheSameProbabilitiesInBfloat16(String graph, float scale) throws Exception {
        try (Model model = Engines.pyTorch().newModel(graph, Device.cpu())) {
            model.load(new ByteArrayInputStream(Graphs.bytes(graph)), Map.of("mapLocation", "true"));
            scaleParameters(model, scale);
            Optional<String> fault = Methods.bfloat16Fault(model, ClassOrder.of(ModelCard.DIGITS));
            assumeTrue(fault.isEmpty(), () -> "this processor has no bfloat16: " + fault.orElseThrow());
            try (Classifier forward = classifier(model, "forward");
                    Classifier bfloat16 = classifier(model, "forward_bfloat16")) {
                for (int size : new int[] {1, 33, 128, 129, 300}) {
                    float[] expected = forward.classify(Graphs.images(size));
                    float[] actual = bfloat16.classify(Graphs.images(size));
                    assertThat(actual)
                            .usingComparatorWithPrecision(0.05f)
                            .containsExactly(expected)
                            .isNotEqualTo(expected);
                    assertThat(bfloat16.classify(Graphs.images(size))).isEqualTo(actual);
                }
            }
        }
    }

    /** With the initial weights all probabilities are near 0.1. */
    private static void scaleParameters(Model model, float scale) {
        model.getBlock().getParameters().forEach(parameter -> parameter
                .getValue()
                .getArray()
                .set(scaled(parameter.getValue().getArray().toFloatArray(), scale)));
    }

    private static float[] scaled(float[] values, float scale) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
        return values;
    }

    private static Classifier classifier(Model model, String method) {
        return new TorchScriptClassifier(model, method, ClassOrder.of(ModelCard.DIGITS));
    }

    @Test
    void doesNotRunAPreparedMethodThatCantBePrepared() {
        byte[] module = TorchScripts.moduleWith(method("forward", SOFTMAX) + method("forward_prepared", SOFTMAX));
        assertThat(methodOf("unprepared", module)).isEqualTo("forward");
    }

    @Test
    void runsModulesOfEarlierVersions() {
        byte[] module = TorchScripts.moduleWith(method("forward", SOFTMAX) + method("forward_mkldnn", SOFTMAX));
        assertThat(methodOf("earlier", module)).isIn("forward", "forward_mkldnn");
    }

    @Test
    void doesNotChooseASlowMethod() {
        byte[] module = TorchScripts.moduleWith(method("forward", SOFTMAX) + method("forward_mkldnn", SLOW + SOFTMAX));
        assertThat(methodOf("slow", module)).isEqualTo("forward");
    }

    @Test
    void refusesAModuleWhosePreparationFails() {
        byte[] module = TorchScripts.moduleWith(method("forward", SOFTMAX)
                + method("forward_prepared", SOFTMAX)
                + TorchScripts.method("prepare(self) -> Tensor", FAILS));
        ModelArtifact artifact = Graphs.write(models, "failing", module, ModelCard.DIGITS, null);
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("does not work: its method prepare failed: ");
    }

    @Test
    void refusesAPreparedMethodThatDoesNotAgreeWithForward() {
        byte[] module = TorchScripts.moduleWith(method("forward", SOFTMAX)
                + method("forward_prepared", TorchScripts.LOGITS + "    return torch.softmax(torch.neg(logits), 1)\n")
                + TorchScripts.method("prepare(self) -> Tensor", PREPARE));
        ModelArtifact artifact = Graphs.write(models, "unequal", module, ModelCard.DIGITS, null);
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("its methods forward_prepared and forward return probabilities that differ");
    }

    @Test
    void runsInALowerPrecisionThatTheCardPermits() {
        byte[] module = inBfloat16(SLOW + SOFTMAX, PREPARE, SOFTMAX);
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, "permitted", module, ACCURATE))) {
            assertThat(model.methods()).containsExactly("forward", "forward_bfloat16");
            assertThat(model.method()).isEqualTo("forward_bfloat16");
            assertThat(model.precision()).isEqualTo("bfloat16");
            assertThat(model.lowerPrecisionFault()).isEmpty();
        }
    }

    @Test
    void runsInFloat32IfThatIsFaster() {
        byte[] module = inBfloat16(SOFTMAX, PREPARE, SLOW + SOFTMAX);
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, "slower", module, ACCURATE))) {
            assertThat(model.method()).isEqualTo("forward");
            assertThat(model.precision()).isEqualTo("float32");
        }
    }

    @Test
    void runsInFloat32IfTheSettingOrTheCardSaysSo() {
        byte[] module = inBfloat16(SLOW + SOFTMAX, PREPARE, SOFTMAX);
        ModelArtifact permitted = Graphs.write(models, "permitted", module, ACCURATE);
        try (LoadedModel model = LoadedModel.load(permitted, InferencePrecision.FLOAT32)) {
            assertThat(model.methods()).containsExactly("forward");
            assertThat(model.precision()).isEqualTo("float32");
        }
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, "inaccurate", module, INACCURATE))) {
            assertThat(model.methods()).containsExactly("forward");
        }
        assertThat(methodOf("silent", module)).isEqualTo("forward");
    }

    /** As where the processor has no such arithmetic. */
    @Test
    void runsInFloat32IfTheLowerPrecisionDoesNotWork() {
        String negated = TorchScripts.LOGITS + "    return torch.softmax(torch.neg(logits), 1)\n";
        assertThat(faultOf("unprepared", inBfloat16(SOFTMAX, FAILS, SOFTMAX)))
                .startsWith("its method prepare_bfloat16 failed: ");
        assertThat(faultOf("failing", inBfloat16(SOFTMAX, PREPARE, FAILS))).contains("PyTorch failed on a batch");
        assertThat(faultOf("unequal", inBfloat16(SOFTMAX, PREPARE, negated)))
                .startsWith("its methods forward_bfloat16 and forward return probabilities that differ");
        assertThat(faultOf("without", TorchScripts.module(SOFTMAX))).contains("can't run forward_bfloat16");
    }

    private String faultOf(String name, byte[] module) {
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, name, module, ACCURATE));
                Classifier classifier = model.newClassifier()) {
            assertThat(model.method()).isEqualTo("forward");
            assertThat(model.newBfloat16Classifier()).isEmpty();
            assertThat(classifier.classify(Graphs.images(3))).hasSize(30);
            return model.lowerPrecisionFault().orElseThrow();
        }
    }

    private static byte[] inBfloat16(String forward, String prepare, String bfloat16) {
        return TorchScripts.moduleWith(method("forward", forward)
                + TorchScripts.method("prepare_bfloat16(self) -> Tensor", prepare)
                + method("forward_bfloat16", bfloat16));
    }

    /** The padding of a batch must not show. */
    @Test
    void returnsOneRowForEachImage() {
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, "lenet", null));
                Classifier classifier = model.newClassifier()) {
            List<byte[]> images = Graphs.images(133);
            float[] together = classifier.classify(images);
            assertThat(together).hasSize(1_330);
            float[] last = classifier.classify(images.subList(132, 133));
            for (int digit = 0; digit < 10; digit++) {
                assertThat(together[1_320 + digit]).isCloseTo(last[digit], within(1e-5f));
            }
        }
    }

    private String methodOf(String name, byte[] module) {
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, name, module, ModelCard.DIGITS, null))) {
            return model.method();
        }
    }

    private static String method(String name, String statements) {
        return TorchScripts.method(name + "(self, x: Tensor) -> Tensor", statements);
    }
}
