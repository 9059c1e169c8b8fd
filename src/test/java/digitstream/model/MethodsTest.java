package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.Model;
import digitstream.testing.TorchScripts;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    @ParameterizedTest
    @CsvSource({"lenet, forward_mkldnn", "lenet, forward_prepared", "convnet, forward_mkldnn"})
    void returnsTheSameProbabilitiesAsForward(String graph, String method) throws Exception {
        try (Model model = Engines.pyTorch().newModel(graph, Device.cpu())) {
            model.load(new ByteArrayInputStream(Graphs.bytes(graph)), Map.of("mapLocation", "true"));
            // With the initial weights all probabilities are near 0.1.
            model.getBlock().getParameters().forEach(parameter -> parameter
                    .getValue()
                    .getArray()
                    .set(scaled(parameter.getValue().getArray().toFloatArray())));
            Methods.fastest(model, ClassOrder.of(ModelCard.DIGITS));
            try (Classifier forward = classifier(model, "forward");
                    Classifier other = classifier(model, method)) {
                for (int size : new int[] {1, 33, 64, 65, 200}) {
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

    private static float[] scaled(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= 3;
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
        String slow =
                """
                    for i in range(10):
                      z = torch.matmul(torch.ones([300, 300]), torch.ones([300, 300]))
                      x = torch.add(x, torch.to(torch.mul(torch.sum(z), 0), 0))
                """;
        byte[] module = TorchScripts.moduleWith(method("forward", SOFTMAX) + method("forward_mkldnn", slow + SOFTMAX));
        assertThat(methodOf("slow", module)).isEqualTo("forward");
    }

    @Test
    void refusesAModuleWhosePreparationFails() {
        byte[] module = TorchScripts.moduleWith(method("forward", SOFTMAX)
                + method("forward_prepared", SOFTMAX)
                + TorchScripts.method(
                        "prepare(self) -> Tensor", "    return torch.matmul(torch.ones([2]), torch.ones([3]))\n"));
        ModelArtifact artifact = Graphs.write(models, "failing", module, ModelCard.DIGITS, null);
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("does not work: its method prepare failed: ");
    }

    @Test
    void refusesAPreparedMethodThatDoesNotAgreeWithForward() {
        byte[] module = TorchScripts.moduleWith(method("forward", SOFTMAX)
                + method("forward_prepared", TorchScripts.LOGITS + "    return torch.softmax(torch.neg(logits), 1)\n")
                + TorchScripts.method("prepare(self) -> Tensor", "    return torch.ones([1])\n"));
        ModelArtifact artifact = Graphs.write(models, "unequal", module, ModelCard.DIGITS, null);
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("its methods forward_prepared and forward return probabilities that differ");
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
