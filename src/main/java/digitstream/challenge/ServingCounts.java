package digitstream.challenge;

/**
 * What became of the images that one version was to classify. Additive. A change may have negative counts.
 *
 * @param images classified and refused images
 * @param refused images for which the version threw or returned nonsense
 * @param labelled classified images that have a label
 * @param correct labelled images that were classified correctly
 */
public record ServingCounts(long images, long refused, long labelled, long correct) {
    public static final ServingCounts NONE = new ServingCounts(0, 0, 0, 0);

    public ServingCounts plus(ServingCounts other) {
        return new ServingCounts(
                images + other.images, refused + other.refused, labelled + other.labelled, correct + other.correct);
    }

    public ServingCounts minus(ServingCounts other) {
        return new ServingCounts(
                images - other.images, refused - other.refused, labelled - other.labelled, correct - other.correct);
    }
}
