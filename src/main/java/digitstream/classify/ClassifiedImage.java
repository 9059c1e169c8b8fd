package digitstream.classify;

/** An image and its classification result. */
record ClassifiedImage(PendingImage image, Classified classified) {}
