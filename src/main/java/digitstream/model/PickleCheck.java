package digitstream.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Pattern;

/**
 * Walks through a pickle without running it. A pickle is a program that may call any function of Python's by its name; those
 * in a TorchScript file name only its own classes and the few that tensors are made with. The operations are those of
 * protocol 2 that PyTorch's pickler (torch/csrc/jit/serialization/pickler.h) writes.
 */
final class PickleCheck {
    private static final Pattern HARMLESS = Pattern.compile("__torch__(\\.[\\w.]+)? \\w+"
            + "|torch\\._utils _rebuild_(tensor_v2|qtensor|sparse_tensor)"
            + "|torch [A-Z]\\w+Storage"
            + "|torch (per_tensor_affine|per_channel_affine|device)"
            + "|torch\\.jit\\._pickle (build_(intlist|boollist|doublelist|tensorlist|tensor_from_id)|restore_type_tag)"
            + "|collections OrderedDict");

    private final String name;
    private final ByteBuffer in;

    private PickleCheck(String name, byte[] pickle) {
        this.name = name;
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Checks a pickle.
     *
     * @throws ModelException for one that names anything else, or is none
     */
    static void check(String name, byte[] pickle) {
        try {
            new PickleCheck(name, pickle).walk();
        } catch (BufferUnderflowException e) {
            throw new ModelException("its pickle '" + TorchScriptArchive.printable(name) + "' is cut off", e);
        }
    }

    private void walk() {
        while (true) {
            int operation = in.get() & 0xff;
            switch (operation) {
                case '.' -> {
                    return;
                }
                // Marks, constants, tuples, lists, dictionaries, calls of what GLOBAL named, persistent ids.
                case '(', '0', '1', '2', 'N', 'R', 'Q', ')', ']', '}', 'a', 'b', 'd', 'e', 'l', 's', 't', 'u' -> {}
                case 0x81, 0x85, 0x86, 0x87, 0x88, 0x89 -> {}
                case 'K', 'h', 'q', 0x80 -> skip(1);
                case 'M' -> skip(2);
                case 'J', 'j', 'r' -> skip(4);
                case 'G' -> skip(8);
                case 0x8a, 'U' -> skip(in.get() & 0xff);
                case 'X', 'T' -> skip(in.getInt());
                case 'c' -> requireHarmless(line() + " " + line());
                default ->
                    throw new ModelException(String.format(
                            "its pickle '%s' has the operation 0x%02x, which torch.jit.save never writes",
                            TorchScriptArchive.printable(name), operation));
            }
        }
    }

    private void requireHarmless(String global) {
        if (!HARMLESS.matcher(global).matches()) {
            throw new ModelException("its pickle '" + TorchScriptArchive.printable(name) + "' calls '"
                    + TorchScriptArchive.printable(global.replace(' ', '.'))
                    + "', which no TorchScript file needs; do not use it");
        }
    }

    private String line() {
        int from = in.position();
        while (in.get() != '\n') {
            // On to the line's end.
        }
        return new String(in.array(), from, in.position() - 1 - from, ISO_8859_1);
    }

    private void skip(int bytes) {
        if (bytes < 0 || bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        in.position(in.position() + bytes);
    }
}
