package digitstream.settings;

import java.util.List;

/** Settings that can't be used; the message has a line for each fault. */
public final class InvalidSettingsException extends RuntimeException {
    private final transient List<String> faults;

    public InvalidSettingsException(List<String> faults) {
        super(String.join(System.lineSeparator(), faults));
        this.faults = List.copyOf(faults);
    }

    /** One line a fault, each naming its setting. */
    public List<String> faults() {
        return faults;
    }
}
