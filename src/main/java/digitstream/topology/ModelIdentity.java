package digitstream.topology;

/** The name and version of the model that classifies, as they stand in its predictions. */
public record ModelIdentity(String name, String version) {}
