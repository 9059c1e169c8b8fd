package digitstream;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may import whom. */
@AnalyzeClasses(packages = "digitstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule IMPORTS_GO_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("avro")
            .definedBy("digitstream.avro..")
            .layer("data")
            .definedBy("digitstream.data..")
            .layer("model")
            .definedBy("digitstream.model..")
            .layer("scoring")
            .definedBy("digitstream.scoring..")
            .layer("serde")
            .definedBy("digitstream.serde..")
            .layer("local")
            .definedBy("digitstream.local..")
            .layer("training")
            .definedBy("digitstream.training..")
            .layer("topology")
            .definedBy("digitstream.topology..")
            .layer("client")
            .definedBy("digitstream.client..")
            .layer("monitoring")
            .definedBy("digitstream.monitoring..")
            .layer("dashboard")
            .definedBy("digitstream.dashboard..")
            .layer("demo")
            .definedBy("digitstream.demo..")
            .layer("cli")
            .definedBy("digitstream.cli..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("demo")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("dashboard")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("monitoring")
            .mayOnlyBeAccessedByLayers("dashboard", "cli")
            .whereLayer("client")
            .mayOnlyBeAccessedByLayers("dashboard", "demo", "cli")
            .whereLayer("training")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("topology")
            .mayOnlyBeAccessedByLayers("client", "dashboard", "demo", "cli")
            .whereLayer("local")
            .mayOnlyBeAccessedByLayers("demo", "cli")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("training", "topology", "cli")
            .whereLayer("scoring")
            .mayOnlyBeAccessedByLayers("topology", "training", "dashboard", "cli")
            .whereLayer("data")
            .mayOnlyBeAccessedByLayers("training", "client", "demo", "cli")
            .whereLayer("serde")
            .mayOnlyBeAccessedByLayers("topology", "client", "dashboard", "demo", "cli");

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
            .resideOutsideOfPackages("digitstream.model..", "digitstream.training..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule KAFKA_STREAMS_STAYS_IN_THE_TOPOLOGIES = noClasses()
            .that()
            .resideOutsideOfPackages("digitstream.topology..", "digitstream.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule SCORING_IS_ARITHMETIC = noClasses()
            .that()
            .resideInAPackage("digitstream.scoring..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache..");
}
