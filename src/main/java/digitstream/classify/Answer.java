package digitstream.classify;

/** An image and what became of it. */
record Answer(PendingImage image, Classified classified) {}
