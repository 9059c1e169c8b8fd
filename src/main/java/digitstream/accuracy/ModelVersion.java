package digitstream.accuracy;

/** The name and version of a model. */
public record ModelVersion(String name, String version) {}
