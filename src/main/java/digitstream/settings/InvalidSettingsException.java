package digitstream.settings;

import java.util.List;

/** Thrown for invalid settings. The message has one line for each fault. */
public final class InvalidSettingsException extends RuntimeException {
    private final transient List<String> faults;

    public InvalidSettingsException(List<String> faults) {
        super(String.join(System.lineSeparator(), faults));
        this.faults = List.copyOf(faults);
    }

    /** The faults, one line each, with the name of the setting. */
    public List<String> faults() {
        return faults;
    }
}
