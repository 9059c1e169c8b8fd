package digitstream.verdict;

import digitstream.settings.VerdictSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Judges a stream again and again, and remembers since when each trouble has lasted. Not thread-safe. */
public final class Judge {
    private final List<Rule> rules;
    private Map<String, Long> since = new HashMap<>();
    private Verdict last = new Verdict(Level.OK, 0, List.of());

    /** Creates a judge with these bounds. */
    public Judge(VerdictSettings bounds) {
        this.rules = new Rules(bounds).all();
    }

    /** Judges what was observed. Call it about once a second, with times that increase. */
    public Verdict judge(Observation seen) {
        Map<String, Long> continuing = new HashMap<>();
        List<Finding> findings = new ArrayList<>();
        for (Rule rule : rules) {
            for (Rule.Trouble trouble : rule.check().of(seen)) {
                assert rule.levels().contains(trouble.level()) : rule.name() + " has no level " + trouble.level();
                String kind = rule.name() + " " + trouble.model();
                long began = Math.min(since.getOrDefault(kind, Long.MAX_VALUE), trouble.sinceMillis());
                continuing.put(kind, began);
                findings.add(new Finding(rule.name(), trouble.level(), trouble.text(), began, trouble.model()));
            }
        }
        since = continuing;
        // Stable, so that findings of one level stay in the order of the rules.
        findings.sort(Comparator.comparing(Finding::level).reversed());
        Level level = findings.isEmpty() ? Level.OK : findings.get(0).level();
        last = new Verdict(
                level,
                level == last.level() && last.sinceMillis() > 0 ? last.sinceMillis() : seen.atMillis(),
                findings);
        return last;
    }
}
