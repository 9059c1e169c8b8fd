package digitstream.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises files that people name model.pt though they are not TorchScript, so that the message can say how to make one. The
 * signatures are those of the formats' specifications. Nothing is parsed beyond what tells the formats apart.
 */
final class ForeignFile {
    private static final String SCRIPT = "torch.jit.script(model.eval()).save(\"model.pt\")";
    /** The start of torch.save's files before PyTorch 1.6: the pickled number 0x1950a86a20f9469cfc6c. */
    private static final String OLD_TORCH = "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019";

    /** A name in a pickle: of the opcode GLOBAL, or of STACK_GLOBAL after two short strings. */
    private static final Pattern GLOBAL =
            Pattern.compile("(?s)c([\\w.]+)\n(\\w+)\n|\u008c.([\\w.]+)\u0094\u008c.(\\w+)\u0094\u0093");
    /** What the pickles of tensors and state_dicts name; anything else is a class of the model or of its library. */
    private static final Pattern OF_TENSORS = Pattern.compile(
            "torch\\._utils _rebuild_\\w+|torch \\w*Storage|torch\\.storage \\w+|torch (Size|device|\\w+\\d+)|collections OrderedDict"
                    + "|numpy.*|_codecs encode");

    private static final Pattern MODULE = Pattern.compile("(__main__|torch\\.nn|torchvision|timm).*");
    private static final Pattern CHECKPOINT = Pattern.compile("optimi[sz]er|state_dict|epoch");

    private static final int SEARCHED = 1 << 16;

    /** A format, and what to do with its files. */
    private record Format(Predicate<String> matches, String advice) {}

    private static final List<Format> FORMATS = List.of(
            new Format(String::isEmpty, "it is empty; copy it again"),
            startsWith(
                    "version https://git-lfs", "it is a pointer of Git LFS, not the file itself; run `git lfs pull`"),
            startsWith("\u0089HDF\r\n", "it is an HDF5 file, as Keras writes; " + needsPyTorch()),
            startsWith("\u0093NUMPY", "it is a NumPy array; " + needsPyTorch()),
            startsWith("GGUF", "it is a GGUF file; " + needsPyTorch()),
            startsWith("DJL@", "it holds the parameters of DJL blocks, not a TorchScript module; " + needsPyTorch()),
            startsWith("\u001f\u008b", "it is compressed with gzip; unpack it"),
            startsWith("BZh", "it is compressed with bzip2; unpack it"),
            startsWith("\u00fd7zXZ", "it is compressed with xz; unpack it"),
            startsWith("(\u00b5/\u00fd", "it is compressed with zstd; unpack it"),
            startsWith("7z\u00bc\u00af", "it is a 7z archive; unpack it"),
            startsWith("Rar!", "it is a RAR archive; unpack it"),
            new Format(text -> text.startsWith("ustar", 257), "it is a tar archive; unpack it"),
            new Format(text -> text.startsWith("TFL3", 4), "it is a TensorFlow Lite model; " + needsPyTorch()),
            new Format(
                    text -> text.startsWith("ET1", 4),
                    "it is an ExecuTorch program; export the network as TorchScript instead: " + SCRIPT),
            new Format(ForeignFile::isSafetensors, "it holds weights without code (safetensors); " + loadAndScript()),
            new Format(text -> text.startsWith("\b\u0001\u0012"), "it is a TensorFlow SavedModel; " + needsPyTorch()),
            new Format(
                    text -> text.matches("(?s)\b[\u0003-\u001f][\u0012\u001a\":2B].*"),
                    "it is an ONNX model; export the PyTorch model as TorchScript instead: " + SCRIPT),
            new Format(
                    text -> text.strip()
                            .toLowerCase(Locale.ROOT)
                            .matches("(?s)(\u00ef\u00bb\u00bf)?<(!doctype|html|\\?xml|head).*"),
                    "it is a web page, as a failed download leaves; download the file itself"),
            new Format(
                    text -> text.matches("(?s)\\s*[{\\[]\\s*[\"{\\[}\\]].*"),
                    "it is JSON text, as a failed download leaves; download the file itself"));

    private ForeignFile() {}

    private static Format startsWith(String signature, String advice) {
        return new Format(text -> text.startsWith(signature), advice);
    }

    private static String needsPyTorch() {
        return "rebuild the network in PyTorch, or convert it, and save it with " + SCRIPT;
    }

    private static String loadAndScript() {
        return "load them into the network in Python and save " + SCRIPT;
    }

    /** Returns what a file that is not a zip archive is, and what to do; empty if it is a zip archive or not known. */
    static Optional<String> describe(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, SEARCHED), ISO_8859_1);
        if (start.startsWith("PK")) {
            return Optional.empty();
        }
        if (start.startsWith(OLD_TORCH) || start.matches("(?s)\u0080[\u0002-\u0005].*")) {
            return Optional.of(describePickle(start));
        }
        return FORMATS.stream()
                .filter(format -> format.matches().test(start))
                .findFirst()
                .map(Format::advice);
    }

    /** Eight bytes with the length of the header, then the header in JSON. */
    private static boolean isSafetensors(String text) {
        if (text.length() < 10 || !text.startsWith("{\"", 8)) {
            return false;
        }
        byte[] length = text.substring(0, 8).getBytes(ISO_8859_1);
        long header = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return header > 1 && header <= 100_000_000;
    }

    /**
     * Returns what a pickle by torch.save is, judging by the names in it.
     *
     * @param pickle at least its beginning, one character per byte
     */
    static String describePickle(String pickle) {
        Set<String> names = new HashSet<>();
        Matcher globals = GLOBAL.matcher(pickle);
        while (globals.find()) {
            names.add(
                    globals.group(1) == null
                            ? globals.group(3) + " " + globals.group(4)
                            : globals.group(1) + " " + globals.group(2));
        }
        Optional<String> object = names.stream()
                .filter(name -> !OF_TENSORS.matcher(name).matches())
                .sorted()
                .findFirst();
        Optional<String> module = names.stream()
                .filter(name -> MODULE.matcher(name).matches())
                .sorted()
                .findFirst();
        // Modules have fields with the names of a checkpoint's entries.
        if (module.isEmpty() && CHECKPOINT.matcher(pickle).find()) {
            return "it is a checkpoint of a training (weights without code); " + loadAndScript();
        }
        if (object.isPresent()) {
            String name = module.orElse(object.get()).replace(' ', '.');
            return "it is a pickled Python object (" + TorchScriptArchive.printable(name)
                    + "), not TorchScript; load it in Python and save " + SCRIPT;
        }
        return names.contains("torch._utils _rebuild_tensor_v2")
                ? "it is a state_dict (weights without code); " + loadAndScript()
                : "it holds pickled values without code; " + loadAndScript();
    }

    /** Returns what a zip archive with these entries is, and what to do; empty if it is TorchScript or not known. */
    static Optional<String> describeZip(Set<String> names) {
        if (has(names, ".*/constants\\.pkl") && has(names, ".*/code/.*")) {
            return Optional.empty();
        }
        if (has(names, "(.*/)?serialized_exported_program\\.json|.*/models/.*\\.json|.*/archive_format")) {
            return Optional.of("it is a program by torch.export; export the network as TorchScript instead: " + SCRIPT);
        }
        if (has(names, ".*/tensors/0") && has(names, ".*/model\\.json")) {
            return Optional.of("it was saved by a PyTorch older than 1.4; load and save it with a newer one");
        }
        if (has(names, "(.*/)?MAR-INF/.*")) {
            return Optional.of("it is a TorchServe archive; unpack it and use the TorchScript file in it");
        }
        if (has(names, "(.*/)?model\\.weights\\.h5")) {
            return Optional.of("it is a Keras model; " + needsPyTorch());
        }
        if (has(names, "[^/]+\\.npy")) {
            return Optional.of("it holds NumPy arrays; " + needsPyTorch());
        }
        if (has(names, "(.*/)?[^/]+\\.(pt|pth|ts|torchscript)")) {
            return Optional.of("it is a zip archive that contains a model; unpack it");
        }
        return Optional.empty();
    }

    private static boolean has(Set<String> names, String pattern) {
        return names.stream().anyMatch(name -> name.matches(pattern));
    }
}
