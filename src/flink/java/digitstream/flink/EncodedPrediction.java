package digitstream.flink;

/** A prediction's record, ready to be sent. */
record EncodedPrediction(byte[] key, byte[] value) {}
