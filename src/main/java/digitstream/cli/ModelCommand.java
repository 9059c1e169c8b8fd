package digitstream.cli;

import digitstream.benchmark.InferenceBenchmark;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.LowerPrecision;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.model.Network;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code digitstream model}. */
@Command(
        name = "model",
        description = "Inspect a model or measure its speed.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class ModelCommand {
    private static final int[] BATCHES = {1, 16, 64, 256, 512};

    @Command(
            name = "describe",
            description = "Validate a model and print its layers, with shapes, parameters and multiply-adds.",
            mixinStandardHelpOptions = true)
    int describe(
            @Parameters(paramLabel = "DIR", description = "The folder of the model, with model.pt and model.json.")
                    Path directory) {
        ModelArtifact artifact = ModelArtifact.open(directory);
        UserFolders.ofProcess().setEngineCache();
        Engines.forInference();
        try (LoadedModel model = LoadedModel.load(artifact)) {
            print(System.out, model);
        }
        return 0;
    }

    @Command(
            name = "benchmark",
            description = {
                "Measure the inference throughput of a model's methods on one thread.",
                "For comparison, also measures the same network built from DJL blocks, in the same run."
            },
            mixinStandardHelpOptions = true)
    int benchmark(
            @Parameters(paramLabel = "DIR", description = "The folder of the model, with model.pt and model.json.")
                    Path directory) {
        ModelArtifact artifact = ModelArtifact.open(directory);
        InferenceBenchmark.requireNetwork(artifact.card());
        UserFolders.ofProcess().setEngineCache();
        Engines.forInference();
        try (LoadedModel model = LoadedModel.load(artifact)) {
            System.out.println("Images/s on one thread: median of 7 alternating rounds (lowest to highest)");
            System.out.printf("%6s  %-25s  %31s  %15s%n", "batch", "", "images/s", "/ DJL blocks");
            for (int batch : BATCHES) {
                InferenceBenchmark.Line line =
                        InferenceBenchmark.run(model, batch).get(0);
                line.methods().forEach((method, speed) -> {
                    String served = method.equals(line.served()) ? " (served)" : "";
                    print(batch, method + served, speed, line.blocks());
                });
                print(batch, "DJL blocks", line.blocks(), line.blocks());
            }
        }
        return 0;
    }

    private static void print(int batch, String what, InferenceBenchmark.Speed speed, InferenceBenchmark.Speed blocks) {
        System.out.printf(
                Locale.ROOT, "%6d  %-25s  %31s  %15.2f%n", batch, what, speed(speed), speed.median() / blocks.median());
    }

    private static String speed(InferenceBenchmark.Speed speed) {
        return String.format(Locale.ROOT, "%,.0f (%,.0f to %,.0f)", speed.median(), speed.lowest(), speed.highest());
    }

    private static void print(PrintStream out, LoadedModel model) {
        ModelCard card = model.card();
        Network network = card.network();
        out.printf(
                "%s %s: %s -> %s%n",
                card.name(),
                card.version(),
                card.input().describe(),
                card.output().describe());
        LowerPrecision lower = card.lowerPrecision();
        if (lower != null) {
            out.printf(
                    "%s: %s%n",
                    lower.permits() ? "Lower precision, permitted" : "Lower precision, too inaccurate",
                    lower.describe());
        }
        out.printf("Served by %s, in %s, on this machine.%n", model.method(), model.precision());
        model.lowerPrecisionFault().ifPresent(fault -> out.println("No lower precision on this machine: " + fault));
        if (network == null) {
            out.println("The model card does not describe the layers. Parameters of model.pt:");
            model.parameterShapes().forEach((name, shape) -> out.printf("  %-40s %s%n", name, shape));
            return;
        }
        if (network.members() > 1) {
            out.printf(
                    "An ensemble of %d members with these layers each; their probabilities are averaged.%n",
                    network.members());
        }
        out.printf("%n%5s  %-28s %14s %14s %12s %14s%n", "layer", "", "input", "output", "parameters", "multiply-adds");
        int number = 1;
        for (Network.Row row : network.rows()) {
            out.printf(
                    Locale.ROOT,
                    "%5d  %-28s %14s %14s %,12d %,14d%n",
                    number++,
                    row.layer().describe(),
                    row.input(),
                    row.output(),
                    row.parameters(),
                    row.multiplyAdds());
        }
        out.printf(
                Locale.ROOT,
                "%5s  %-28s %14s %14s %,12d %,14d%n",
                "all",
                "",
                "",
                "",
                network.parameters(),
                network.multiplyAdds());
        out.println();
        out.println(
                "Shapes are channels x height x width. OH = (H + 2P - FH)/S + 1 and OW = (W + 2P - FW)/S + 1, with padding");
        out.println(
                "P, filter height FH, filter width FW and stride S. The parameter count was checked against model.pt.");
    }
}
