package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import digitstream.testing.TorchScripts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models with the mistakes that people make when they export a network, run by PyTorch. */
class SelfTestTest {
    @TempDir
    private Path models;

    private int loads;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.softmax(logits, 1)",
                "torch.exp(torch.log_softmax(logits, 1))",
                // Large logits: some probabilities are exactly 0 or 1.
                "torch.softmax(torch.mul(logits, 1000), 1)",
                // Rounded to 16 bits, so that the rows do not sum to 1 exactly.
                "torch.to(torch.to(torch.softmax(logits, 1), 5), 6)",
                // Not trained: nearly the same for all images.
                "torch.softmax(torch.mul(logits, 0.001), 1)",
                "torch.softmax(torch.dropout(logits, 0.5, False), 1)"
            })
    void acceptsDistributions(String output) {
        assertThatCode(() -> load(TorchScripts.returning(output)).close()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet", "convnet"})
    void acceptsOurOwnNetworksBeforeTheyAreTrained(String graph) {
        assertThatCode(() -> load(Graphs.bytes(graph)).close()).doesNotThrowAnyException();
    }

    static Stream<Arguments> outputs() {
        return Stream.of(
                output("logits", "the rows do not sum to 1: end the network with softmax(dim=1)"),
                output(
                        "torch.log_softmax(logits, 1)",
                        "logarithms of probabilities: end the network with softmax(dim=1) in place of log_softmax"),
                output("torch.sigmoid(logits)", "end the network with softmax(dim=1) in place of sigmoid"),
                output("torch.softmax(logits, 0)", "softmax runs over the batch"),
                output("torch.mul(torch.softmax(logits, 1), 100)", "each to 100.0: divide the outputs by it"),
                output("torch.mul(torch.softmax(logits, 1), 3)", "each to 3.000: divide the outputs by it"),
                output("torch.relu(logits)", "the rows do not sum to 1: end the network with softmax(dim=1)"),
                output(
                        "torch.add(torch.sub(logits, torch.mean(logits, [1], True)), 0.1)",
                        "its outputs are not between 0 and 1"),
                output("torch.div(torch.softmax(logits, 1), 0)", "it returns NaN or infinite values"),
                output("torch.log(torch.sub(torch.mul(logits, 0), 1))", "it returns NaN or infinite values"),
                output("torch.softmax(torch.mul(logits, 0), 1)", "the same probabilities for all 30 test images"),
                output("torch.softmax(torch.dropout(logits, 0.5, True), 1)", "call model.eval() before tracing"),
                output("torch.softmax(torch.add(logits, torch.rand_like(logits)), 1)", "other probabilities each time"),
                output(
                        "torch.softmax(torch.batch_norm(logits, None, None, None, None, True, 0.1, 1e-05, False), 1)",
                        "batch normalization is in training mode; call model.eval()"),
                output(
                        "torch.softmax(torch.sub(logits, torch.mean(logits, [0], True)), 1)",
                        "change with the other images of the batch"),
                output(
                        "torch.to(torch.softmax(logits, 1), 7)",
                        "returns float64 (30, 10)",
                        "end the graph with .float()"),
                output(
                        "torch.to(torch.softmax(logits, 1), 5)",
                        "returns float16 (30, 10)",
                        "end the graph with .float()"),
                output("torch.to(torch.softmax(logits, 1), torch.device(\"meta\"), 6)", "return a CPU tensor"),
                output(
                        "torch.quantize_per_tensor(torch.softmax(logits, 1), 0.01, 0, 13)",
                        "if it is quantized, end the graph with .dequantize()"),
                output(
                        "torch.quantize_per_tensor(torch.softmax(logits, 1), 0.01, 0, 12)",
                        "if it is quantized, end the graph with .dequantize()"),
                output("torch.argmax(logits, 1)", "returns int64 (30)", "in place of argmax"),
                output("torch.t(torch.softmax(logits, 1))", "returns float32 (10, 30)", "end the graph with .t()"),
                output(
                        "torch.softmax(torch.slice(logits, 1, 0, 9), 1)",
                        "(30, 9)",
                        "one output for each digit, 10 in all"),
                output("torch.softmax(torch.cat([logits, logits], 1), 1)", "(30, 20)", "one output for each digit"),
                output("torch.max(torch.softmax(logits, 1))", "returns float32 ()", "one row of 10 probabilities"),
                output("torch.mean(torch.softmax(logits, 1), [0])", "(10)", "keep the batch as the first dimension"),
                output("torch.unsqueeze(torch.softmax(logits, 1), 2)", "(30, 10, 1)", "end the graph with .flatten(1)"),
                output("torch.reshape(torch.softmax(logits, 1), [-1, 5])", "(60, 5)", "keep the batch"),
                // Right for a batch, wrong for a single image.
                output(
                        "torch.squeeze(torch.softmax(logits, 1))",
                        "for 1 image it returns float32 (10)",
                        "x.squeeze()"));
    }

    private static Arguments output(String expression, String... messages) {
        return Arguments.of(expression, List.of(messages));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("outputs")
    void refusesOtherOutputsAndNamesTheRemedy(String output, List<String> messages) {
        assertRefused(TorchScripts.returning(output), messages);
    }

    static Stream<Arguments> graphs() {
        String softmax = "    return torch.softmax(y, 1)\n";
        return Stream.of(
                graph(
                        "    y = torch.matmul(torch.flatten(x, 1), torch.ones([784, 10]))\n" + softmax,
                        "it expects float input: put x.float()/255 into the graph"),
                graph(
                        "    y = torch.linear(torch.flatten(x, 1), torch.ones([10, 784]))\n" + softmax,
                        "it expects float input: put x.float()/255 into the graph"),
                graph(
                        "    y = torch.conv2d(x, torch.ones([10, 1, 28, 28]))\n    y = torch.flatten(y, 1)\n" + softmax,
                        "it expects float input: put x.float()/255 into the graph"),
                graph(
                        "    y = torch.mean(x, [2, 3])\n" + softmax,
                        "it expects float input: put x.float()/255 into the graph"),
                graph("    y = torch.softmax(torch.flatten(x, 1), 1)\n" + softmax, "it expects float input"),
                graph(
                        "    y = torch.matmul(torch.to(torch.flatten(x, 1), 6), torch.ones([784, 10], dtype=7))\n"
                                + softmax,
                        "call model.float() before tracing or scripting it"),
                graph(
                        "    y = torch.conv2d(torch.to(x, 6), torch.ones([10, 1, 28, 28], dtype=5))\n"
                                + "    y = torch.flatten(y, 1)\n" + softmax,
                        "call model.float() before tracing or scripting it"),
                graph(
                        "    y = torch.conv2d(torch.to(x, 6), torch.ones([10, 3, 28, 28]))\n    y = torch.flatten(y, 1)\n"
                                + softmax,
                        "it expects three channels: put x.expand(-1, 3, -1, -1) into the graph"),
                graph(
                        "    y = torch.matmul(torch.to(x, 6), torch.ones([784, 10]))\n" + softmax,
                        "it expects flat images: put x.flatten(1) into the graph"),
                graph(
                        "    y = torch.linear(torch.flatten(torch.to(x, 6), 1), torch.ones([10, 1024]))\n" + softmax,
                        "it expects images of another shape"),
                graph(
                        "    y = torch.linear(torch.view(torch.to(x, 6), [64, 784]), torch.ones([10, 784]))\n"
                                + softmax,
                        "the graph has a fixed batch size or image size"),
                graph(
                        "    y = torch.linear(torch.view(torch.to(x, 6), [1, 784]), torch.sin(torch.ones([10, 784])))\n"
                                + softmax,
                        "it works on one image, but not on a batch of 30"),
                graph(
                        "    y = torch.linear(torch.view(torch.to(x, 6), [-1, 392]), torch.ones([10, 392]))\n"
                                + softmax,
                        "for 30 images it returns float32 (60, 10)"));
    }

    private static Arguments graph(String statements, String message) {
        return Arguments.of(statements, message);
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void saysWhatAGraphExpectsThatCannotTakeOurImages(String statements, String message) {
        assertRefused(TorchScripts.module(statements), List.of(message));
    }

    @Test
    void namesAnAssertionThatFails() {
        assertRefused(
                TorchScripts.module("    ops.prim.RaiseException(\"AssertionError: \")\n    return x\n"),
                List.of("an assertion in the model's code failed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Tuple[Tensor]:(y,)", "List[Tensor]:[y]", "Dict[str, Tensor]:{\"a\": y}"})
    void acceptsOneTensorInACollection(String typeAndValue) {
        String[] parts = typeAndValue.split(":", 2);
        byte[] module = TorchScripts.moduleWith(TorchScripts.method(
                "forward(self, x: Tensor) -> " + parts[0],
                TorchScripts.LOGITS + "    y = torch.softmax(logits, 1)\n    return " + parts[1] + "\n"));
        assertThatCode(() -> load(module).close()).doesNotThrowAnyException();
    }

    static Stream<Arguments> methods() {
        String body = TorchScripts.LOGITS + "    y = torch.softmax(logits, 1)\n";
        return Stream.of(
                method(
                        "forward(self, x: Tensor) -> Tuple[Tensor, Tensor]",
                        body + "    return (y, logits)\n",
                        "2 tensors"),
                method(
                        "forward(self, x: Tensor) -> Dict[str, Tensor]",
                        body + "    return {\"a\": y, \"b\": logits}\n",
                        "it returns 2 tensors, not one"),
                method("forward(self, x: Tensor) -> NoneType", "    return None\n", "it does not return a tensor"),
                method("forward(self, x: Tensor) -> int", "    return 3\n", "it does not return a tensor"),
                method("forward(self, x: Tensor) -> str", "    return \"seven\"\n", "not float32 (30, 10)"),
                method(
                        "forward(self, x: Tensor, y: Tensor) -> Tensor",
                        "    return torch.add(x, y)\n",
                        "its method must take one tensor"),
                method(
                        "forward(self) -> Tensor",
                        "    return torch.ones([1, 10])\n",
                        "its method must take one tensor"),
                method("predict(self, x: Tensor) -> Tensor", "    return x\n", "it has no method forward"));
    }

    private static Arguments method(String signature, String statements, String message) {
        return Arguments.of(signature, statements, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void refusesMethodsThatTakeOrReturnAnythingElse(String signature, String statements, String message) {
        assertRefused(TorchScripts.moduleWith(TorchScripts.method(signature, statements)), List.of(message));
    }

    /** Files by Python's PyTorch. */
    @Test
    void findsWhatWasTracedInTrainingMode() throws IOException {
        assertRefused(
                ForeignFileTest.resource("traced_dropout"), List.of("dropout", "call model.eval() before tracing"));
        assertRefused(
                ForeignFileTest.resource("traced_batch_norm"),
                List.of("batch normalization is in training mode", "call model.eval() before tracing"));
        // A scripted module switches to evaluation when it is loaded.
        byte[] scripted = ForeignFileTest.resource("scripted_in_training_mode");
        assertThatCode(() -> load(scripted).close()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda:0", "cuda:3", "mps:0", "cpu"})
    void loadsAModelThatWasSavedOnAnotherDevice(String device) {
        try (LoadedModel model = load(TorchScripts.savedOn(device))) {
            assertThat(model.parameterShapes()).containsEntry("bias", List.of(10L));
        }
    }

    @Test
    void refusesAGraphThatNamesAGpu() {
        assertRefused(
                TorchScripts.returning(
                        "torch.softmax(torch.add(logits, torch.ones([10], dtype=6, device=torch.device(\"cuda:0\"))), 1)"),
                List.of("it was saved on a GPU: call model.cpu()"));
        assertRefused(
                TorchScripts.returning("torch.softmax(torch.to(logits, torch.device(\"cuda:0\"), 6), 1)"),
                List.of("it was saved on a GPU: call model.cpu()"));
    }

    @Test
    void namesOperatorsAndTypesThatPyTorchDoesNotHave() {
        assertRefused(
                TorchScripts.returning("ops.torchvision.nms(logits, logits, 0.5)"),
                List.of("PyTorch can't load the model", "use PyTorch's own operators only"));
    }

    @Test
    void refusesAFastMethodThatDoesNotAgreeWithForward() {
        assumeTrue(Engines.pyTorch().hasCapability("MKLDNN"), "this PyTorch has no MKL-DNN");
        String body = TorchScripts.LOGITS + "    return torch.softmax(";
        byte[] module = TorchScripts.moduleWith(TorchScripts.method(
                        "forward(self, x: Tensor) -> Tensor", body + "logits, 1)\n")
                + TorchScripts.method("forward_mkldnn(self, x: Tensor) -> Tensor", body + "torch.neg(logits), 1)\n"));
        assertRefused(module, List.of("its methods forward_mkldnn and forward return probabilities that differ"));
    }

    @Test
    void testsWithDifferentImagesOfAllDigits() {
        Set<String> distinct = new HashSet<>();
        for (byte[] image : ReferenceDigits.images()) {
            distinct.add(Arrays.toString(image));
            long ink = 0;
            for (byte pixel : image) {
                ink += pixel & 0xff;
            }
            // MNIST's digits have 33 on average.
            assertThat(ink / 784).isBetween(10L, 70L);
        }
        assertThat(distinct).hasSize(30);
    }

    private void assertRefused(byte[] module, List<String> messages) {
        Throwable refusal = catchThrowable(() -> load(module).close());
        assertThat(refusal)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(models.toString())
                .hasMessageNotContaining("\n");
        assertThat(refusal.getMessage()).contains(messages);
    }

    private LoadedModel load(byte[] module) {
        return LoadedModel.load(Graphs.write(models, "m" + loads++, module, ModelCard.DIGITS, null));
    }
}
