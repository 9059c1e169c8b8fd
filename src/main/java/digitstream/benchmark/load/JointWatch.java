package digitstream.benchmark.load;

import java.time.Duration;

/** Watches predictions and scores together; the throughput is that of the scores, which come last. */
public record JointWatch(Watch predictions, Watch scores) implements Watch {
    @Override
    public void poll(Duration timeout) {
        predictions.poll(timeout);
        scores.poll(Duration.ZERO);
    }

    @Override
    public long progress() {
        return predictions.progress() + scores.progress();
    }

    @Override
    public boolean isComplete() {
        return predictions.isComplete() && scores.isComplete();
    }

    @Override
    public boolean isAtEnd() {
        return predictions.isAtEnd() && scores.isAtEnd();
    }

    @Override
    public String fault() {
        return predictions.fault().isEmpty() ? scores.fault() : predictions.fault();
    }

    @Override
    public double perSecond() {
        return scores.perSecond();
    }

    @Override
    public void close() {
        try (predictions) {
            scores.close();
        }
    }
}
