package digitstream.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import digitstream.model.Engines;
import digitstream.model.ModelException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves the device to train on. */
final class DeviceChoice {
    private static final Pattern GPU = Pattern.compile("gpu(?::([0-9]{1,3}))?");

    private DeviceChoice() {}

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
            throw new ModelException("--device is '" + text + "'; set it to auto, cpu, gpu or gpu:N");
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
