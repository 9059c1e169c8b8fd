package digitstream.cli;

import digitstream.avro.ModelInstance;
import digitstream.avro.ModelRelease;
import digitstream.avro.RefusedRelease;
import digitstream.avro.ReleaseRole;
import digitstream.avro.ValidationBaseline;
import digitstream.common.Excerpt;
import digitstream.release.ReleaseLog;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables of {@code digitstream models}. */
final class ModelsText {
    /** A process writes a record every 30 seconds. */
    private static final Duration SILENT = Duration.ofSeconds(90);

    private ModelsText() {}

    static List<String> list(ReleaseLog log, List<ModelInstance> instances, Instant now) {
        if (log.latest().isEmpty()) {
            return List.of("No model has been released. Publish one with `digitstream models publish DIR`.");
        }
        List<List<String>> versions = new ArrayList<>();
        versions.add(List.of("VERSION", "ROLE", "SINCE", "VALIDATION", "BY"));
        String champion = log.champion().map(ReleaseLog.Entry::key).orElse("");
        for (ReleaseLog.Entry entry : log.latest()) {
            ModelRelease release = entry.release();
            versions.add(List.of(
                    Excerpt.of(entry.key()),
                    role(entry, champion),
                    time(release.getStartedAt()),
                    accuracy(release.getValidation()),
                    Excerpt.of(release.getReleasedBy())));
        }
        List<String> lines = new ArrayList<>(table(versions));
        lines.add("");
        lines.addAll(instances(instances, champion, now));
        return lines;
    }

    private static List<String> instances(List<ModelInstance> instances, String champion, Instant now) {
        if (instances.isEmpty()) {
            return List.of("No process serves a model.");
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PROCESS", "SERVES", "SINCE", "STATE"));
        for (ModelInstance instance : instances) {
            String serves = ReleaseLog.key(instance.getModelName(), instance.getModelVersion());
            rows.add(List.of(
                    Excerpt.of(instance.getInstance()),
                    Excerpt.of(serves),
                    time(instance.getServingSince()),
                    state(instance, serves.equals(champion), now)));
        }
        return table(rows);
    }

    private static String state(ModelInstance instance, boolean servesChampion, Instant now) {
        Duration silence = Duration.between(instance.getWrittenAt(), now);
        if (silence.compareTo(SILENT) > 0) {
            return "not heard of for " + silence.toSeconds() + " s";
        }
        RefusedRelease refused = instance.getRefused();
        if (refused != null) {
            return "refused " + Excerpt.of(refused.getRelease()) + ": " + refused.getReason();
        }
        String loading = instance.getLoading();
        if (loading != null) {
            return "loading " + Excerpt.of(loading);
        }
        return servesChampion ? "serves the champion" : "has not seen the champion yet";
    }

    static List<String> history(ReleaseLog log) {
        if (log.history().isEmpty()) {
            return List.of("No model has been released. Publish one with `digitstream models publish DIR`.");
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("TIME", "VERSION", "RELEASED AS", "BY", "REASON"));
        for (ReleaseLog.Entry entry : log.history()) {
            ModelRelease release = entry.release();
            rows.add(List.of(
                    time(release.getStartedAt()),
                    Excerpt.of(entry.key()),
                    name(release.getRole()),
                    Excerpt.of(release.getReleasedBy()),
                    Excerpt.of(release.getReason())));
        }
        return table(rows);
    }

    private static String role(ReleaseLog.Entry entry, String champion) {
        boolean replaced = entry.release().getRole() == ReleaseRole.CHAMPION
                && !entry.key().equals(champion);
        return replaced ? "replaced" : name(entry.release().getRole());
    }

    private static String name(ReleaseRole role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static String accuracy(@Nullable ValidationBaseline validation) {
        return Optional.ofNullable(validation)
                .map(known -> String.format(Locale.ROOT, "%.2f %%", 100 * known.getAccuracy()))
                .orElse("unknown");
    }

    private static String time(Instant time) {
        try {
            return time.truncatedTo(ChronoUnit.SECONDS).toString();
        } catch (DateTimeException | ArithmeticException e) {
            return "unknown";
        }
    }

    /** Aligns the columns; the last one is as wide as its text. */
    static List<String> table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int i = 0; i < columns; i++) {
                        line.append(row.get(i));
                        if (i < columns - 1) {
                            line.append(" ".repeat(widths[i] - row.get(i).length() + 2));
                        }
                    }
                    return line.toString().stripTrailing();
                })
                .toList();
    }
}
