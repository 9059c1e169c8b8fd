package digitstream.cli;

import digitstream.common.Json;
import digitstream.data.DigitData;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.training.EpochResult;
import digitstream.training.ModelTrainer;
import digitstream.training.ModelTrainer.Finished;
import digitstream.training.ModelTrainer.Interrupted;
import digitstream.training.ModelTrainer.Outcome;
import digitstream.training.Preset;
import digitstream.training.TrainingSettings;
import digitstream.training.report.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code digitstream train}. */
@Command(
        name = "train",
        description = {
            "Train a network on digits and write it as a model artifact, with a report beside it.",
            "Ctrl-C ends it in order: the epochs that are over are kept, for --resume or --finish. The exit status is then"
                    + " 130."
        },
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    private static final DateTimeFormatter VERSION =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int INTERRUPTED = 130;

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(
            names = "--models",
            paramLabel = "DIR",
            defaultValue = "models",
            description = "Where models are kept (default: ${DEFAULT-VALUE}).")
    private Path models = Path.of("models");

    @Option(
            names = "--model-name",
            paramLabel = "NAME",
            defaultValue = ModelOptions.DEFAULT_NAME,
            description = "The model's name (default: ${DEFAULT-VALUE}).")
    private String name = ModelOptions.DEFAULT_NAME;

    @Option(
            names = "--model-version",
            paramLabel = "VERSION",
            description = "Its version (default: the time, as in 20260131T120000Z).")
    private @Nullable String version;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = {
                "The recipe (default: fast).",
                "fast: the tutorial's network, in less than a minute on two processors.",
                "best: a larger network, in minutes.",
                "tutorial: what the tutorial did: SGD, 1,000 epochs, 50,000 images to train on and 500 to test with."
            })
    private @Nullable Preset preset;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training images (default: the preset's; fast 16, best 20, tutorial 1000).")
    private @Nullable Integer epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images a step (default: the preset's; 100).")
    private @Nullable Integer batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description =
                    "The optimiser's, at its highest (default: the preset's; fast 0.004, best 0.003, tutorial 0.01).")
    private @Nullable Double learningRate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of all that is random: the weights' start, the division, the images' order, their distortion"
                    + " (default: 1).")
    private @Nullable Long seed;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "auto (the first GPU, else the CPU), cpu, gpu or gpu:N (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Option(
            names = "--if-missing",
            description = "Train only where --models has no model of that name; else say which there is.")
    private boolean ifMissing;

    @CommandLine.ArgGroup
    private @Nullable Unfinished unfinished;

    @Option(names = "--json", description = "The result as JSON on standard output, all else on standard error.")
    private boolean json;

    /** What to do with a training that was interrupted. */
    static final class Unfinished {
        @Option(
                names = "--resume",
                required = true,
                description = "Go on with the training that was interrupted last, or that of --model-version.")
        private boolean resume;

        @Option(
                names = "--finish",
                required = true,
                description = "Write the model of its best epoch so far, and train no further.")
        private boolean finish;
    }

    @Override
    public Integer call() throws IOException {
        PrintStream say = json ? System.err : System.out;
        if (unfinished != null
                && (preset != null || epochs != null || batchSize != null || learningRate != null || seed != null)) {
            throw new UsageException(
                    "--resume and --finish go by the interrupted training's own recipe; leave --preset,"
                            + " --epochs, --batch-size, --learning-rate and --seed away");
        }
        TrainingSettings settings = settings();
        if (ifMissing) {
            if (unfinished != null || version != null || json) {
                throw new UsageException(
                        "--if-missing takes any version; leave --model-version, --resume, --finish and --json away");
            }
            Optional<Path> latest = ModelArtifact.latest(models, name);
            if (latest.isPresent()) {
                System.out.println(
                        "There is a model: " + ModelArtifact.open(latest.get()).directory());
                return 0;
            }
        }
        DigitData digits = data.find(say::println);
        Interrupts interrupts = Interrupts.listen();
        ModelTrainer trainer = trainer(models, device, say, interrupts);
        Outcome outcome;
        if (unfinished == null) {
            outcome = trainer.train(digits, settings, name, announced(say, settings.preset(), digits));
        } else if (unfinished.resume) {
            outcome = trainer.resume(digits, name, Optional.ofNullable(version));
        } else if (unfinished.finish) {
            outcome = trainer.finish(digits, name, Optional.ofNullable(version));
        } else {
            throw new UsageException("--resume=false and --finish=false say nothing; leave them away");
        }
        if (outcome instanceof Interrupted interrupted) {
            explain(say, interrupted);
            return INTERRUPTED;
        }
        Finished finished = (Finished) outcome;
        explain(say, finished.artifact());
        if (json) {
            System.out.println(toJson(finished));
        }
        return 0;
    }

    private TrainingSettings settings() {
        TrainingSettings recipe = (preset == null ? Preset.FAST : preset).settings();
        try {
            return recipe.with(
                    epochs == null ? recipe.epochs() : epochs,
                    batchSize == null ? recipe.batchSize() : batchSize,
                    learningRate == null ? recipe.learningRate() : learningRate,
                    seed == null ? recipe.seed() : seed);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }

    private String announced(PrintStream say, String recipe, DigitData digits) {
        String itsVersion = version == null ? VERSION.format(Clock.systemUTC().instant()) : version;
        say.printf("Training %s %s (%s) on %s%n", name, itsVersion, recipe, digits.name());
        return itsVersion;
    }

    /** Trains a model where there is none; for the demo. */
    static ModelArtifact trainDefault(DigitData data, Path models, String name, Interrupts interrupts)
            throws IOException {
        String version = VERSION.format(Clock.systemUTC().instant());
        TrainingSettings settings = Preset.FAST.settings();
        System.out.printf("Training %s %s (%s) on %s%n", name, version, settings.preset(), data.name());
        Outcome outcome = trainer(models, "auto", System.out, interrupts).train(data, settings, name, version);
        if (outcome instanceof Finished finished) {
            explain(System.out, finished.artifact());
            return finished.artifact();
        }
        throw new UserException(
                "interrupted while training; nothing was started. `digitstream train --resume` goes on with"
                        + " the epochs that are over, `digitstream demo` begins anew");
    }

    private static ModelTrainer trainer(Path models, String device, PrintStream say, Interrupts interrupts) {
        boolean terminal = Terminal.isInteractive() && say == System.out;
        return new ModelTrainer(
                models, device, Report::files, new TrainingView(say, terminal, interrupts, Clock.systemUTC()));
    }

    private static void explain(PrintStream say, ModelArtifact artifact) {
        ModelCard card = artifact.card();
        ModelCard.Evaluation evaluation = Objects.requireNonNull(card.evaluation());
        ModelCard.Training training = Objects.requireNonNull(card.training());
        say.printf(
                Locale.ROOT,
                "Trained in %.1f s on %s: %.2f %% on %,d test images (the weights after epoch %d). Wrote %s%n",
                training.seconds(),
                training.device(),
                100 * evaluation.accuracy(),
                evaluation.images(),
                training.bestEpoch(),
                artifact.directory());
    }

    private void explain(PrintStream say, Interrupted interrupted) {
        if (interrupted.checkpoint().isEmpty()) {
            say.println("Interrupted before the first epoch was over: nothing is kept.");
            return;
        }
        EpochResult best = interrupted.best().orElseThrow();
        Double accuracy = best.validationAccuracy();
        say.printf(
                Locale.ROOT,
                "Interrupted. The best epoch so far is %d (%s %.2f %%); all is kept in %s.%n"
                        + "  digitstream train --resume   goes on%n"
                        + "  digitstream train --finish   writes that epoch's model, and its report%n",
                best.epoch(),
                accuracy == null ? "training" : "validation",
                100 * (accuracy == null ? best.accuracy() : accuracy),
                interrupted.checkpoint().orElseThrow());
    }

    private static String toJson(Finished finished) throws IOException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("directory", finished.artifact().directory().toString());
        result.put("card", finished.artifact().card());
        result.put("history", finished.history());
        return Json.INDENTED.writeValueAsString(result);
    }
}
