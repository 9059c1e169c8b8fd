package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.docs.Markdown;
import digitstream.serve.StreamsConfiguration;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import digitstream.streams.DeadLetterReason;
import digitstream.streams.DeadLetters;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** docs/reference.md lists what the code has, and nothing else. Its metrics are compared in MonitoringIT. */
class ReferenceTest {
    private static final Markdown REFERENCE = Markdown.read("docs/reference.md");

    @Test
    void listsEachCommandWithItsFlags() {
        Set<Set<String>> common = new HashSet<>(REFERENCE.rows("Every command"));
        Map<String, Set<Set<String>>> commands = new TreeMap<>();
        collect("", Main.commandLine(), common, commands);
        Map<String, Set<Set<String>>> documented = new TreeMap<>();
        commands.keySet().forEach(command -> documented.put(command, new HashSet<>(REFERENCE.rows(command))));
        assertThat(documented).isEqualTo(commands);
        assertThat(REFERENCE.headingsBetween("Every command", "Settings")).isEqualTo(commands.keySet());
    }

    private static void collect(
            String prefix, CommandLine line, Set<Set<String>> common, Map<String, Set<Set<String>>> commands) {
        line.getSubcommands().forEach((name, command) -> {
            if (command.getSubcommands().isEmpty()) {
                commands.put(prefix + name, arguments(command.getCommandSpec(), common));
            } else {
                collect(prefix + name + " ", command, common, commands);
            }
        });
    }

    private static Set<Set<String>> arguments(CommandSpec command, Set<Set<String>> common) {
        Set<Set<String>> arguments = new HashSet<>();
        for (OptionSpec option : command.options()) {
            Set<String> names = new TreeSet<>(List.of(option.names()));
            if (!common.contains(names)) {
                arguments.add(names);
            }
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            arguments.add(Set.of(parameter.paramLabel()));
        }
        return arguments;
    }

    @Test
    void listsEachSetting() {
        assertThat(REFERENCE.names("Ours")).isEqualTo(new TreeSet<>(Settings.names()));
    }

    @Test
    void listsEachSettingOfKafkasWithAnotherDefault() {
        Settings settings = Settings.parse(Map.of());
        Set<String> changed =
                new TreeSet<>(StreamsConfiguration.classify(settings, Map.of()).stringPropertyNames());
        StreamsConfiguration.classify(settings, Map.of()).keySet().forEach(name -> changed.add(name.toString()));
        StreamsConfiguration.score(settings, Map.of()).keySet().forEach(name -> changed.add(name.toString()));
        changed.remove("application.id");
        changed.add("state.dir");
        assertThat(REFERENCE.names("Kafka's, with other defaults")).isEqualTo(changed);
    }

    @Test
    void listsEachTopicAndWhatADeadLetterHas() throws IllegalAccessException {
        assertThat(REFERENCE.names("Topics")).isEqualTo(new TreeSet<>(Topics.DEFAULT.all()));
        Set<String> headers = new TreeSet<>();
        for (Field field : DeadLetters.class.getFields()) {
            headers.add((String) field.get(null));
        }
        assertThat(REFERENCE.names("Dead-letter headers")).isEqualTo(headers);
        assertThat(REFERENCE.names("Dead-letter reasons"))
                .isEqualTo(Arrays.stream(DeadLetterReason.values())
                        .map(DeadLetterReason::code)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }
}
