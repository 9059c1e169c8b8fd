package digitstream.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import digitstream.model.Engines;
import digitstream.model.ModelException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves the device to train on. */
public final class DeviceChoice {
    /** How users write a device. */
    public static final String SYNTAX = "auto, cpu, gpu or gpu:N";

    private static final Pattern GPU = Pattern.compile("gpu(?::([0-9]{1,3}))?");

    private DeviceChoice() {}

    /** Returns whether the text is well-formed; whether the device exists, only the engine knows. */
    public static boolean isName(String text) {
        return text.equals("auto") || text.equals("cpu") || GPU.matcher(text).matches();
    }

    /**
     * Checks that the device exists, which loads the engine.
     *
     * @param text well-formed, see {@link #isName}
     * @throws ModelException if it does not exist
     */
    public static void requirePresent(String text) {
        of(text);
    }

    /**
     * Returns the device that the user names.
     *
     * @param text "auto" (the first GPU, else the CPU), "cpu", "gpu" or "gpu:N"
     * @throws ModelException if the device does not exist
     */
    static Device of(String text) {
        Matcher gpu = GPU.matcher(text);
        if (text.equals("auto")) {
            return engine().defaultDevice();
        }
        if (text.equals("cpu")) {
            return Device.cpu();
        }
        if (!gpu.matches()) {
            throw new ModelException("--device is '" + text + "'; set it to " + SYNTAX);
        }
        int number = gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1));
        int gpus = engine().getGpuCount();
        if (number >= gpus) {
            throw new ModelException("--device is " + text + ", but PyTorch " + engine().getVersion() + " finds "
                    + (gpus == 0 ? "no GPU" : gpus + " GPUs (0 to " + (gpus - 1) + ")")
                    + "; install NVIDIA's driver and build with -Pcuda (see docs/training.md), or set --device cpu");
        }
        return Device.gpu(number);
    }

    private static Engine engine() {
        return Engines.pyTorch();
    }
}
