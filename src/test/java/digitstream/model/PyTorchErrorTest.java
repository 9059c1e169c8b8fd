package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import org.junit.jupiter.api.Test;

class PyTorchErrorTest {
    @Test
    void takesTheReasonFromTheEndOfATorchScriptStackTrace() {
        String message =
                """
                The following operation failed in the TorchScript interpreter.
                Traceback of TorchScript, serialized code (most recent call last):
                  File "code/__torch__.py", line 7, in forward
                    x: Tensor) -> Tensor:
                    _0 = torch.linear(x, w)
                         ~~~~~~~~~~~~ <--- HERE
                    return _0

                Traceback of TorchScript, original code (most recent call last):
                  File "train.py", line 9, in forward
                RuntimeError: mat1 and mat2 must have the same dtype, but got Byte and Float
                """;
        assertThat(PyTorchError.describe(new EngineException(message)))
                .isEqualTo("mat1 and mat2 must have the same dtype, but got Byte and Float;"
                        + " it expects float input: put x.float()/255 into the graph");
    }

    @Test
    void takesTheFirstLineOfAnErrorWithoutTorchScript() {
        String message =
                """
                PytorchStreamReader failed locating file constants.pkl: file not found
                Exception raised from valid at inline_container.cc:178 (most recent call first):
                frame #0: c10::Error::Error(...)
                """;
        assertThat(PyTorchError.reason(new EngineException(message)))
                .isEqualTo("PytorchStreamReader failed locating file constants.pkl: file not found");
    }

    @Test
    void takesTheMessageOfAnExceptionThatTheCodeRaises() {
        String message =
                """
                The following operation failed in the TorchScript interpreter.
                Traceback of TorchScript (most recent call last):
                builtins.ValueError: no ink
                """;
        assertThat(PyTorchError.reason(new EngineException(message))).isEqualTo("no ink");
        assertThat(PyTorchError.reason(new EngineException(message.replace("ValueError: no ink", "AssertionError: "))))
                .isEqualTo("an assertion in the model's code failed");
        assertThat(PyTorchError.reason(new EngineException(message.replace(" no ink", ""))))
                .isEqualTo("the model's code raised a ValueError without a message");
        assertThat(PyTorchError.reason(new EngineException((String) null))).contains("EngineException");
    }
}
