package digitstream;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** States which packages each package may import, and where the large libraries may be used. */
@AnalyzeClasses(packages = "digitstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "digitstream.";

    /** Every package of the project with those that it may import. All may import {@code common} and the generated Avro classes. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            entry("common"),
            entry("settings"),
            entry("serde"),
            entry("local"),
            entry("monitoring"),
            entry("data", "data.drawn", "data.files", "data.pictures"),
            entry("data.drawn"),
            entry("data.files"),
            entry("data.pictures", "data.files"),
            entry("accuracy"),
            entry("challenge"),
            entry("model"),
            entry("streams", "serde"),
            entry("training", "accuracy", "data", "model"),
            entry("training.report", "training", "accuracy", "data", "model"),
            entry(
                    "benchmark",
                    "benchmark.load",
                    "benchmark.programs",
                    "benchmark.result",
                    "client",
                    "data",
                    "local",
                    "model",
                    "serde",
                    "settings"),
            entry("benchmark.load", "client", "data", "serde", "settings"),
            entry("benchmark.report", "benchmark.load", "benchmark.result"),
            entry("benchmark.result"),
            entry("benchmark.programs", "model", "serde"),
            entry("classify", "accuracy", "model", "serde", "settings", "streams"),
            entry("score", "accuracy", "challenge", "score.images", "serde", "settings", "streams"),
            entry("score.images"),
            entry("client", "data", "settings"),
            entry("release", "accuracy", "client", "model", "serde", "settings"),
            entry(
                    "serve",
                    "accuracy",
                    "classify",
                    "client",
                    "model",
                    "monitoring",
                    "release",
                    "score",
                    "serde",
                    "settings",
                    "streams",
                    "verdict"),
            entry(
                    "dashboard",
                    "accuracy",
                    "client",
                    "dashboard.access",
                    "monitoring",
                    "serde",
                    "settings",
                    "streams",
                    "verdict"),
            entry("dashboard.access"),
            entry("verdict", "settings"),
            entry("demo", "client", "data", "local", "serde", "settings"));

    private static Map.Entry<String, Set<String>> entry(String name, String... imports) {
        return Map.entry(name, Set.of(imports));
    }

    /** The command line puts everything together. */
    private static final String COMMAND_LINE = "cli";

    @ArchTest
    static void eachPackageImportsOnlyWhatItMay(JavaClasses classes) {
        Set<String> forbidden = new TreeSet<>();
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(ROOT) && !isAllowed(name(type), name(target))) {
                    forbidden.add(type.getName() + " must not import " + target.getName());
                }
            }
        }
        assertThat(forbidden).isEmpty();
    }

    private static boolean isAllowed(String from, String to) {
        return from.equals(to)
                || from.equals(COMMAND_LINE)
                || to.equals("avro")
                || to.equals("common")
                || Objects.requireNonNull(MAY_IMPORT.get(from), "package " + from + " is not in MAY_IMPORT")
                        .contains(to);
    }

    @ArchTest
    static void everyPackageIsKnown(JavaClasses classes) {
        Set<String> packages = classes.stream()
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .map(ArchitectureTest::name)
                .collect(Collectors.toSet());
        Set<String> known = new TreeSet<>(MAY_IMPORT.keySet());
        known.addAll(Set.of(COMMAND_LINE, "avro"));
        assertThat(packages)
                .as("MAY_IMPORT must list every package, and no other")
                .isEqualTo(known);
    }

    private static String name(JavaClass type) {
        return type.getPackageName().substring(ROOT.length());
    }

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("digitstream.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NOTHING_IMPORTS_THE_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackage("digitstream.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("digitstream.cli..");

    @ArchTest
    static final ArchRule ONE_CLASS_KNOWS_THE_REGISTRYS_CLIENT = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("digitstream.serde.SchemaRegistry")
            .and()
            .haveNameNotMatching("digitstream\\.serde\\.SchemaRegistry\\$.*")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule DJL_STAYS_WHERE_MODELS_ARE = noClasses()
            .that()
            .resideOutsideOfPackages("digitstream.model", "digitstream.training", "digitstream.benchmark")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule KAFKA_STREAMS_STAYS_IN_THE_TOPOLOGIES = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "digitstream.streams",
                    "digitstream.classify",
                    "digitstream.score..",
                    "digitstream.serve",
                    "digitstream.benchmark.programs")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule ACCURACY_IS_ARITHMETIC = noClasses()
            .that()
            .resideInAnyPackage(
                    "digitstream.accuracy", "digitstream.challenge", "digitstream.common", "digitstream.settings")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");
}
