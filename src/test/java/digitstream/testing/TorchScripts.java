package digitstream.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes TorchScript files from the source of their method {@code forward}, in the form in which torch.jit.save stores it.
 * PyTorch compiles that source when it loads the file, so that a test can show a whole model in a few lines and needs no Python.
 */
public final class TorchScripts {
    /** Ten logits per image that differ from image to image, from x: uint8 [N, 1, 28, 28]. */
    public static final String LOGITS =
            """
                y = torch.div(torch.to(torch.flatten(x, 1), 6), 255)
                w = torch.reshape(torch.sin(torch.mul(torch.arange(7840), 0.7)), [784, 10])
                logits = torch.mul(torch.matmul(y, w), 0.3)
            """;

    private TorchScripts() {}

    /**
     * A module without weights.
     *
     * @param statements of forward(self, x), four spaces deep
     */
    public static byte[] module(String statements) {
        return moduleWith(method("forward(self, x: Tensor) -> Tensor", statements));
    }

    /** A module that computes {@link #LOGITS} and returns an expression of them. */
    public static byte[] returning(String expression) {
        return module(LOGITS + "    return " + expression + "\n");
    }

    /**
     * A method, for {@link #moduleWith}.
     *
     * @param signature with a plain self
     * @param statements four spaces deep
     */
    public static String method(String signature, String statements) {
        return "  def " + signature.replaceFirst("self", "self: __torch__.M") + ":\n" + statements;
    }

    /** A module without weights and with these methods. */
    public static byte[] moduleWith(String methods) {
        return archive(
                "class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n" + methods,
                "\u0080\u0002c__torch__\nM\n)\u0081}(X\u0008\0\0\0training\u0089ub.",
                Map.of());
    }

    /** A module with ten biases, which were on a device when it was saved. */
    public static byte[] savedOn(String device) {
        String tensor = "ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\0"
                + "0X" + (char) device.length() + "\0\0\0" + device
                + "K\ntQK\0(K\ntK\u0001\u0085\u0089ccollections\nOrderedDict\n)RtR";
        return archive(
                "class M(Module):\n  __parameters__ = [\"bias\", ]\n  __buffers__ = []\n  bias : Tensor\n  training : bool\n"
                        + method(
                                "forward(self, x: Tensor) -> Tensor",
                                LOGITS + "    return torch.softmax(torch.add(logits, self.bias), 1)\n"),
                "\u0080\u0002c__torch__\nM\n)\u0081}(X\u0004\0\0\0bias" + tensor + "X\u0008\0\0\0training\u0089ub.",
                Map.of("m/data/0", new byte[40]));
    }

    private static byte[] archive(String code, String pickle, Map<String, byte[]> data) {
        Map<String, byte[]> entries = new LinkedHashMap<>(data);
        entries.put("m/data.pkl", pickle.getBytes(ISO_8859_1));
        entries.put("m/code/__torch__.py", code.getBytes(UTF_8));
        entries.put("m/constants.pkl", "\u0080\u0002).".getBytes(ISO_8859_1));
        entries.put("m/version", "3\n".getBytes(UTF_8));
        return zip(entries);
    }

    /** Code compressed, all else stored, as PyTorch does. */
    public static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> it : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(it.getKey());
                if (!it.getKey().contains("/code/")) {
                    CRC32 sum = new CRC32();
                    sum.update(it.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(it.getValue().length);
                    entry.setCrc(sum.getValue());
                }
                out.putNextEntry(entry);
                out.write(it.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
