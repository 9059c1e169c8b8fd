package digitstream.common;

/** The arithmetic in which models may be run. */
public enum InferencePrecision {
    /** The fastest one; lower than float32 only if the model's card permits it. */
    AUTO,
    FLOAT32
}
