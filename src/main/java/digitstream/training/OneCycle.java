package digitstream.training;

import ai.djl.training.tracker.Tracker;

/** A learning rate that rises over the first tenth of the steps and then falls to zero along a half cosine. */
record OneCycle(double highest, int steps) implements Tracker {
    private static final double WARM_UP = 0.1;

    @Override
    public float getNewValue(int step) {
        double warmUpSteps = Math.max(1, WARM_UP * steps);
        if (step < warmUpSteps) {
            return (float) (highest * (step + 1) / (warmUpSteps + 1));
        }
        double done = Math.min(1, (step - warmUpSteps) / Math.max(1, steps - warmUpSteps));
        // Not quite zero at the very end: Adam divides by nothing, but a step that does nothing is a wasted one.
        return (float) (highest * Math.max(0.001, (1 + Math.cos(Math.PI * done)) / 2));
    }
}
