package digitstream.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import digitstream.model.ModelException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where to train. */
final class DeviceChoice {
    private static final Pattern GPU = Pattern.compile("gpu(?::([0-9]{1,3}))?");

    private DeviceChoice() {}

    /**
     * The device that a user names.
     *
     * @param text "auto" (the first GPU, else the CPU), "cpu", "gpu" or "gpu:N"
     * @throws ModelException where there is no such device
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
            throw new ModelException("--device is '" + text + "'; give auto, cpu, gpu or gpu:N");
        }
        int number = gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1));
        int there = engine().getGpuCount();
        if (number >= there) {
            throw new ModelException(
                    "--device is " + text + ", but PyTorch " + engine().getVersion() + " sees "
                            + (there == 0 ? "no GPU" : there + " GPUs (0 to " + (there - 1) + ")")
                            + " here; a GPU needs NVIDIA's driver and a build with -Pcuda (see the README), or give --device cpu");
        }
        return Device.gpu(number);
    }

    private static Engine engine() {
        return Engine.getEngine("PyTorch");
    }
}
