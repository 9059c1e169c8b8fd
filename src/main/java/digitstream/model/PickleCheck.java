package digitstream.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Pattern;

/**
 * Checks a pickle without executing it. A pickle is a program that can call any Python function by name; the pickles in a
 * TorchScript file name only the file's own classes and a few functions that build tensors. The opcodes are those of
 * protocol 2 that PyTorch's pickler (torch/csrc/jit/serialization/pickler.h) writes.
 */
final class PickleCheck {
    private static final Pattern ALLOWED = Pattern.compile("__torch__(\\.[\\w.]+)? \\w+"
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
     * @throws ModelException if it names anything else or is not a valid pickle
     */
    static void check(String name, byte[] pickle) {
        try {
            new PickleCheck(name, pickle).walk();
        } catch (BufferUnderflowException e) {
            throw new ModelException("its pickle '" + TorchScriptArchive.printable(name) + "' is truncated", e);
        }
    }

    private void walk() {
        while (true) {
            int opcode = in.get() & 0xff;
            switch (opcode) {
                case '.' -> {
                    return;
                }
                // Marks, constants, tuples, lists, dictionaries, calls of the function that GLOBAL names, persistent
                // ids.
                case '(', '0', '1', '2', 'N', 'R', 'Q', ')', ']', '}', 'a', 'b', 'd', 'e', 'l', 's', 't', 'u' -> {}
                case 0x81, 0x85, 0x86, 0x87, 0x88, 0x89 -> {}
                case 'K', 'h', 'q', 0x80 -> skip(1);
                case 'M' -> skip(2);
                case 'J', 'j', 'r' -> skip(4);
                case 'G' -> skip(8);
                case 0x8a, 'U' -> skip(in.get() & 0xff);
                case 'X', 'T' -> skip(in.getInt());
                case 'c' -> requireAllowed(line() + " " + line());
                default ->
                    throw new ModelException(String.format(
                            "its pickle '%s' has the opcode 0x%02x, which torch.jit.save never writes",
                            TorchScriptArchive.printable(name), opcode));
            }
        }
    }

    private void requireAllowed(String global) {
        if (!ALLOWED.matcher(global).matches()) {
            throw new ModelException("its pickle '" + TorchScriptArchive.printable(name) + "' calls '"
                    + TorchScriptArchive.printable(global.replace(' ', '.'))
                    + "', which no TorchScript file needs; do not use this file");
        }
    }

    private String line() {
        int from = in.position();
        while (in.get() != '\n') {
            // Skip to the end of the line.
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
