package digitstream.verdict;

import java.util.List;

/**
 * The judgement of a stream at one moment.
 *
 * @param level that of the worst finding, or {@link Level#OK} without any
 * @param sinceMillis since when the level is this one, in milliseconds since the epoch
 * @param findings the worst first
 */
public record Verdict(Level level, long sinceMillis, List<Finding> findings) {
    public Verdict {
        findings = List.copyOf(findings);
    }

    /** Whether a rule has found trouble of this level. */
    boolean has(String rule, Level level) {
        return findings.stream().anyMatch(finding -> finding.rule().equals(rule) && finding.level() == level);
    }

    /** Returns the worst finding in words. */
    public String text() {
        return findings.isEmpty() ? "All is well" : findings.get(0).text();
    }
}
