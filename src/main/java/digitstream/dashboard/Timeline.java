package digitstream.dashboard;

import digitstream.common.Excerpt;
import digitstream.verdict.Level;
import digitstream.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the stream: starts of serving processes, also those before this dashboard started, and what it saw itself, outages
 * and changes of the verdict. Keeps the last {@value #MAX_EVENTS} events. Thread-safe.
 */
final class Timeline {
    static final int MAX_EVENTS = 200;

    private static final int MAX_INSTANCES = 1_000;

    /** A verdict that changes back sooner is no event. */
    private static final int SETTLED_TICKS = 3;

    /** Without predictions for longer, there is a gap. */
    private static final long GAP_MILLIS = 10_000;

    private final Deque<Event> events = new ArrayDeque<>();
    private final long historyMillis;
    /** When each serving process started. */
    private final Map<String, Long> instances = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_INSTANCES;
        }
    };

    private long lastId;
    private @Nullable String model;
    private String settled = "";
    private String candidate = "";
    private long candidateMillis;
    private int candidateTicks;
    private @Nullable Event outage;
    private @Nullable Event gap;
    private long predictedMillis = -1;

    enum Kind {
        /** This dashboard started. */
        DASHBOARD,
        /** A serving process started. */
        START,
        /** Another model became the champion, or the first one did. */
        MODEL,
        /** No predictions came from {@link Event#fromMillis} on. */
        GAP,
        /** The brokers did not respond from {@link Event#fromMillis} on. */
        BROKERS,
        VERDICT
    }

    /**
     * An event.
     *
     * @param id greater than those of all events that began before; the same while it lasts and when it has ended
     * @param atMillis when it happened or ended; the present while it lasts
     * @param fromMillis when it began if it lasted; null if it is a moment
     * @param ongoing whether it lasts
     * @param level of the verdict; null for other kinds
     * @param mark a short text for charts: the model; null for other kinds
     */
    record Event(
            long id,
            long atMillis,
            @Nullable Long fromMillis,
            boolean ongoing,
            Kind kind,
            @Nullable Level level,
            String text,
            @Nullable String mark) {
        private Event until(long millis, boolean lasting, String nextText) {
            return new Event(id, millis, fromMillis, lasting, kind, level, nextText, mark);
        }
    }

    /**
     * Creates a timeline whose first event is the dashboard's start.
     *
     * @param history starts that are older are no events
     */
    Timeline(long nowMillis, Duration history) {
        this.historyMillis = history.toMillis();
        add(nowMillis, Kind.DASHBOARD, null, "This dashboard started", null);
    }

    /**
     * Records that a model became the champion, or, as older versions say it, that a process started with it. One that is said to be
     * in the future happened now, by another clock.
     */
    synchronized void started(Releases.Start start, long nowMillis) {
        String before = model;
        model = start.model();
        if (start.atMillis() < nowMillis - historyMillis) {
            return;
        }
        long at = Math.min(start.atMillis(), nowMillis);
        if (start.model().equals(before)) {
            add(at, Kind.START, null, "A serving process started with " + model, null);
            return;
        }
        String text = before == null
                ? "The champion is " + model
                : "The champion is another model: " + model + ", after " + before;
        add(at, Kind.MODEL, null, text, model);
    }

    /** Records that a serving process exists, and its start if it is the first record of it. */
    synchronized void served(String instance, long startedMillis, long nowMillis) {
        if (instances.put(instance, startedMillis) == null
                && startedMillis >= nowMillis - historyMillis
                && startedMillis <= nowMillis) {
            add(startedMillis, Kind.START, null, "A serving process started: " + Excerpt.of(instance), null);
        }
    }

    /** Records what is new about the second that ended. Call it once a second. */
    synchronized void tick(long nowMillis, Verdict verdict, boolean brokersAway, long lastPredictionMillis) {
        judged(nowMillis, verdict);
        if (brokersAway) {
            outage = (outage == null ? beginning(nowMillis, Kind.BROKERS) : outage)
                    .until(nowMillis, true, "Kafka does not respond");
        } else if (outage != null) {
            end(outage, nowMillis, "Kafka did not respond for ");
            outage = null;
        }
        if (predictedMillis >= 0 && lastPredictionMillis - predictedMillis > GAP_MILLIS) {
            end(gap == null ? beginning(predictedMillis, Kind.GAP) : gap, lastPredictionMillis, "No predictions for ");
            gap = null;
        } else if (lastPredictionMillis >= 0 && nowMillis - lastPredictionMillis > GAP_MILLIS) {
            gap = (gap == null ? beginning(lastPredictionMillis, Kind.GAP) : gap)
                    .until(nowMillis, true, "No predictions");
        }
        predictedMillis = lastPredictionMillis;
    }

    private Event beginning(long fromMillis, Kind kind) {
        return new Event(++lastId, fromMillis, fromMillis, true, kind, null, "", null);
    }

    private void end(Event event, long atMillis, String text) {
        long from = Objects.requireNonNull(event.fromMillis());
        keep(event.until(atMillis, false, text + seconds(atMillis - from)));
    }

    private void judged(long nowMillis, Verdict verdict) {
        String found = verdict.findings().isEmpty()
                ? verdict.level().name()
                : verdict.level() + verdict.findings().get(0).rule();
        if (found.equals(settled)) {
            candidateTicks = 0;
            return;
        }
        if (candidateTicks == 0 || !found.equals(candidate)) {
            candidate = found;
            candidateMillis = nowMillis;
            candidateTicks = 0;
        }
        if (++candidateTicks >= SETTLED_TICKS) {
            settled = found;
            candidateTicks = 0;
            add(candidateMillis, Kind.VERDICT, verdict.level(), verdict.text(), null);
        }
    }

    private void add(long atMillis, Kind kind, @Nullable Level level, String text, @Nullable String mark) {
        keep(new Event(++lastId, atMillis, null, false, kind, level, text, mark));
    }

    private void keep(Event event) {
        events.addLast(event);
        if (events.size() > MAX_EVENTS) {
            events.removeFirst();
        }
    }

    private static String seconds(long millis) {
        long seconds = Math.round(millis / 1e3);
        return seconds < 120 ? seconds + " s" : Math.round(seconds / 60.0) + " min";
    }

    /** The events, oldest first, with those that last. */
    synchronized List<Event> events() {
        return Stream.concat(events.stream(), ongoing())
                .sorted(Comparator.comparingLong(Event::atMillis))
                .toList();
    }

    /** The last few events that were recorded, for pages that have those before, and those that last. */
    synchronized List<Event> latest(int most) {
        return Stream.concat(events.stream().skip(Math.max(0, events.size() - most)), ongoing())
                .toList();
    }

    private Stream<Event> ongoing() {
        return Stream.of(Optional.ofNullable(outage), Optional.ofNullable(gap)).flatMap(Optional::stream);
    }
}
