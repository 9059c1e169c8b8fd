package digitstream.classify;

/** An image and its classification result. */
record Answer(PendingImage image, Classified classified) {}
