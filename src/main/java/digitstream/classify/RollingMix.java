package digitstream.classify;

import digitstream.accuracy.PredictionMix;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** The prediction mix over a rolling window of time, which advances in sixty slices. Thread-safe. */
final class RollingMix {
    private static final int SLICES = 60;

    private final TreeMap<Long, PredictionMix> slices = new TreeMap<>();
    private final long sliceMillis;

    RollingMix(Duration length) {
        this.sliceMillis = length.toMillis() / SLICES;
    }

    synchronized void add(PredictionMix batch, long nowMillis) {
        long slice = nowMillis / sliceMillis;
        slices.computeIfAbsent(slice, ignored -> new PredictionMix()).add(batch);
        forget(slice);
    }

    synchronized PredictionMix sum(long nowMillis) {
        forget(nowMillis / sliceMillis);
        PredictionMix sum = new PredictionMix();
        for (Map.Entry<Long, PredictionMix> slice : slices.entrySet()) {
            sum.add(slice.getValue());
        }
        return sum;
    }

    private void forget(long slice) {
        slices.headMap(slice - SLICES, true).clear();
    }
}
