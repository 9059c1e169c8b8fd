package digitstream.model;

import digitstream.common.Causes;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the messages of PyTorch's errors: the reason among a C++ or TorchScript stack trace, and the remedy. */
final class PyTorchError {
    private static final int MAX_CHARACTERS = 200;
    /** An exception of Python or TorchScript and its message, for example "RuntimeError: ..." or "builtins.ValueError: ...". */
    private static final Pattern RAISED =
            Pattern.compile("(?:[\\w.]*(?:Error|Exception): )*(?:[\\w.]+\\.)?(\\w*(?:Error|Exception)):(?: (.+))?");
    /** The end of a message in C++: "Exception raised from ... at ... (most recent call first):", then the frames. */
    private static final Pattern FRAMES = Pattern.compile("Exception raised from .*|frame #\\d+: .*");

    private static final String GPU =
            "it was saved on a GPU: call model.cpu(), and in the graph use x.device in place of a"
                    + " fixed device, before tracing or scripting it";
    private static final String FLOAT = "it expects float input: put x.float()/255 into the graph";

    /** A fault that PyTorch reports in these words, and what to do. The first that matches counts. */
    private record Remedy(Pattern words, String text) {
        private Remedy(String words, String text) {
            this(Pattern.compile(words), text);
        }
    }

    private static final List<Remedy> REMEDIES = List.of(
            new Remedy(
                    "unsupported devicetype",
                    "it returns a tensor that is not on the CPU, or has no values (meta): return a CPU tensor"),
            new Remedy("maximum supported version|newer version of pytorch", "save it with an older PyTorch"),
            new Remedy("cuda|\\bhip\\b|\\bmps\\b|on the same device|nvidia|backend", GPU),
            new Remedy(
                    "missing value for argument|expected at most|too many arguments|unknown keyword",
                    "its method must take one tensor, the images, and no other required argument"),
            new Remedy("\\bbyte|unsigned char|uint8", FLOAT),
            new Remedy("half|bfloat16|double", "call model.float() before tracing or scripting it"),
            new Remedy("scalar type|same dtype|floating point|dtype of|must be float|result type", FLOAT),
            new Remedy(
                    "(expected|to have) 3 channels|weight of size \\[\\d+, 3,",
                    "it expects three channels: put x.expand(-1, 3, -1, -1) into the graph"),
            new Remedy(
                    "\\(\\d+x28 and|and \\d+x28\\)",
                    "it expects flat images: put x.flatten(1) into the graph before the first linear layer"),
            new Remedy(
                    "invalid for input of size",
                    "the graph has a fixed batch size or image size: use x.flatten(1) in place of x.view(...) or"
                            + " x.reshape(...) with numbers"),
            new Remedy(
                    "more than 1 value per channel",
                    "batch normalization is in training mode or keeps no running statistics: call model.eval() before"
                            + " tracing or scripting it"),
            new Remedy(
                    "cannot be multiplied|channels, but got|size mismatch|must match|output size is too small|"
                            + "kernel size can't be greater|expected 3d|expected 4d|dimension|normalized_shape",
                    "it expects images of another shape than uint8 [N, 1, 28, 28]: convert them in the graph, for example with"
                            + " x.flatten(1) or F.interpolate"),
            new Remedy(
                    "unknown builtin op|could not find any similar ops|no such operator|unknown type name|not registered",
                    "it uses an operator that this PyTorch does not have: use PyTorch's own operators only"),
            new Remedy("no method|is not defined|has no attribute", "it has no method forward: save an nn.Module"));

    private PyTorchError() {}

    /** Returns the reason of a failure in one line, with the remedy where it is known. */
    static String describe(Throwable failure) {
        String reason = reason(failure);
        String words = reason.toLowerCase(Locale.ROOT);
        return REMEDIES.stream()
                .filter(remedy -> remedy.words().matcher(words).find())
                .findFirst()
                .map(remedy -> reason + "; " + remedy.text())
                .orElse(reason);
    }

    private static String raised(String name, @Nullable String message) {
        if (message != null) {
            return message;
        }
        return name.equals("AssertionError")
                ? "an assertion in the model's code failed"
                : "the model's code raised a " + name + " without a message";
    }

    /**
     * Returns PyTorch's reason without its stack trace. An error inside TorchScript begins with "The following operation
     * failed in the TorchScript interpreter." and ends with "RuntimeError: " and the reason.
     */
    static String reason(Throwable failure) {
        Throwable root = Causes.root(failure);
        if (root.getMessage() == null) {
            return root.toString();
        }
        String first = "";
        String raised = "";
        for (String line : root.getMessage().lines().map(String::strip).toList()) {
            Matcher matcher = RAISED.matcher(line);
            if (matcher.matches()) {
                raised = raised(matcher.group(1), matcher.group(2));
            } else if (first.isEmpty()
                    && !line.isEmpty()
                    && !FRAMES.matcher(line).matches()) {
                first = line;
            }
        }
        String reason = raised.isEmpty() ? first : raised;
        if (reason.isEmpty()) {
            return root.toString();
        }
        // A long reason goes on with what else it could be.
        int sentence = reason.length() <= MAX_CHARACTERS ? reason.length() : reason.indexOf(". ");
        String shown = reason.substring(0, sentence < 0 ? MAX_CHARACTERS : Math.min(sentence, MAX_CHARACTERS));
        return shown.endsWith(".") ? shown.substring(0, shown.length() - 1) : shown;
    }
}
