package digitstream.testing;

import digitstream.common.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs models in Python's PyTorch, if it is installed (Debian: python3-torch). */
public final class PythonTorch {
    private static final String PYTHON = "/usr/bin/python3";
    private static final String PROGRAM = "import sys, json, torch; m = torch.jit.load(sys.argv[1]).eval();"
            + "x = torch.tensor(list(open(sys.argv[2], 'rb').read()), dtype=torch.uint8).reshape(-1, 1, 28, 28);"
            + "print(json.dumps(m(x).flatten().tolist()))";

    private PythonTorch() {}

    public static boolean isThere() throws InterruptedException {
        try {
            return new ProcessBuilder(PYTHON, "-c", "import torch").start().waitFor() == 0;
        } catch (IOException noPython) {
            return false;
        }
    }

    /** Returns the probabilities that a TorchScript model predicts for consecutive images of 28 x 28 pixels, ten per image. */
    public static double[] probabilities(Path model, byte[] pixels) throws IOException, InterruptedException {
        Path file = Files.createTempFile("pixels", ".bin");
        try {
            Files.write(file, pixels);
            Process python = new ProcessBuilder(PYTHON, "-c", PROGRAM, model.toString(), file.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // All of it: parsing may stop before Python's last line break, and closing the pipe would make Python fail.
            byte[] output = python.getInputStream().readAllBytes();
            if (python.waitFor() != 0) {
                throw new AssertionError("Python exited with status " + python.exitValue());
            }
            return Json.COMPACT.readValue(output, double[].class);
        } finally {
            Files.delete(file);
        }
    }
}
