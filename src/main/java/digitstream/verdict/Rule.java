package digitstream.verdict;

import digitstream.verdict.Observation.Model;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds one kind of trouble.
 *
 * @param levels those that the trouble can have; there is a metric, and an alert, for each
 */
record Rule(String name, Set<Level> levels, Check check) {
    /** Looks at one moment. */
    interface Check {
        /** Returns what is wrong, the worst first: at most one trouble, or one for each model version. */
        List<Trouble> of(Observation seen);
    }

    /** Looks at one model version at one moment. */
    interface ModelCheck {
        /** Returns what is wrong, or empty. */
        Optional<Trouble> of(Observation seen, Model model);
    }

    /**
     * What is wrong.
     *
     * @param sinceMillis when it began if the observation says so, otherwise the time of the observation
     * @param model the version that it is about; empty if it is about the stream
     */
    record Trouble(Level level, String text, long sinceMillis, String model) {
        Trouble(Level level, String text, long sinceMillis) {
            this(level, text, sinceMillis, "");
        }
    }

    /** Makes a rule about the stream. */
    static Rule ofStream(String name, Set<Level> levels, Function<Observation, Optional<Trouble>> check) {
        return new Rule(name, levels, seen -> check.apply(seen).stream().toList());
    }

    /** Makes a rule about each model version that predicts. Its sentence begins with the version if there are several. */
    static Rule ofEachModel(String name, Set<Level> levels, ModelCheck check) {
        return new Rule(name, levels, seen -> seen.models().stream()
                .sorted(Comparator.comparingDouble(Rule::accuracy))
                .flatMap(model -> check.of(seen, model).map(trouble -> about(model, trouble, seen)).stream())
                .sorted(Comparator.comparing(Trouble::level).reversed())
                .toList());
    }

    private static double accuracy(Model model) {
        return model.measured()
                .map(Observation.Measured::accuracy)
                .or(() -> model.estimated()
                        .filter(estimated -> estimated.accuracy().isPresent())
                        .map(estimated -> estimated.accuracy().getAsDouble()))
                .orElse(1.0);
    }

    private static Trouble about(Model model, Trouble trouble, Observation seen) {
        boolean named = seen.models().size() == 1 || trouble.text().contains(model.name());
        return new Trouble(
                trouble.level(),
                named ? trouble.text() : model.name() + ": " + trouble.text(),
                trouble.sinceMillis(),
                model.name());
    }
}
