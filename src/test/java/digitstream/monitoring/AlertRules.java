package digitstream.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import digitstream.settings.VerdictSettings;
import digitstream.verdict.Level;
import digitstream.verdict.Verdict;
import digitstream.verdict.VerdictMetrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The alerts of {@code digitstream.rules.yml}. */
public final class AlertRules {
    /** The group whose alerts read the verdict, and nothing else. */
    static final String VERDICT = "digitstream-verdict";

    private static final String LEVEL = "{{ $labels.level }}";
    private static final Pattern FINDING =
            Pattern.compile("digits:verdict_finding:max\\{rule=~?\"([a-z|-]+)\"(,level=\"([a-z-]+)\")?\\} == 1");

    private AlertRules() {}

    /** A level that a rule of the verdict can find, {@code <rule>/<level>}. */
    record Possible(String rule, String level) {}

    /** An alert. Several may have the same name. */
    public record Alert(String group, String name, String expression, String severity, String runbookUrl) {
        /** What the verdict must say for this alert; empty if it reads something else. */
        Set<Possible> findings() {
            Matcher finding = FINDING.matcher(expression.strip());
            return finding.matches() ? possible(Set.of(finding.group(1).split("\\|", -1)), finding.group(3)) : Set.of();
        }

        /** The severities that it can have. */
        public Set<String> severities() {
            Set<String> severities = new TreeSet<>();
            if (severity.equals(LEVEL)) {
                findings().forEach(finding -> severities.add(finding.level()));
            } else {
                severities.add(severity);
            }
            return severities;
        }
    }

    private static Set<Possible> possible(Set<String> rules, @Nullable String level) {
        return possible().stream()
                .filter(finding -> rules.contains(finding.rule()))
                .filter(finding -> level == null || level.equals(finding.level()))
                .collect(Collectors.toSet());
    }

    /** What the rules of the verdict can find, as it is exported. */
    static List<Possible> possible() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        VerdictMetrics.registerVerdict(meters, () -> new Verdict(Level.OK, 0, List.of()), () -> 0);
        return meters.find("digits.verdict.finding").meters().stream()
                .map(Meter::getId)
                .map(id -> new Possible(
                        Objects.requireNonNull(id.getTag("rule")), Objects.requireNonNull(id.getTag("level"))))
                .toList();
    }

    /** The names of the bounds, as they are exported. */
    static Set<String> bounds() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        VerdictMetrics.registerBounds(meters, VerdictSettings.DEFAULT);
        Set<String> names = new TreeSet<>();
        meters.find("digits.verdict.bound")
                .meters()
                .forEach(meter -> names.add(meter.getId().getTag("setting")));
        return names;
    }

    /** All alerts, in the order of the file. */
    public static List<Alert> read() throws IOException {
        List<Alert> alerts = new ArrayList<>();
        for (JsonNode group : yaml("digitstream.rules.yml").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                if (rule.has("alert")) {
                    alerts.add(new Alert(
                            group.path("name").asText(),
                            rule.path("alert").asText(),
                            rule.path("expr").asText(),
                            rule.path("labels").path("severity").asText(),
                            rule.path("annotations").path("runbook_url").asText()));
                }
            }
        }
        return alerts;
    }

    static JsonNode yaml(String file) throws IOException {
        return new YAMLMapper().readTree(Path.of("monitoring/prometheus", file).toFile());
    }
}
