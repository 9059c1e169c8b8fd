package digitstream.cli;

import digitstream.common.Excerpt;
import digitstream.common.Json;
import digitstream.common.LiveLines;
import digitstream.data.DigitData;
import digitstream.data.DigitSources;
import digitstream.model.Engines;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.training.DeviceChoice;
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
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code digitstream train}. */
@Command(
        name = "train",
        description = {
            "Train a model on a data set.",
            "Writes the model, with a report, to a folder of its own in --models.",
            "Ctrl-C stops the training gracefully, with exit status 130. Completed epochs are kept: continue with"
                    + " --resume, or write the best epoch's model with --finish."
        },
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    private static final DateTimeFormatter VERSION =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int INTERRUPTED = 130;
    private static final Path DEFAULT_MODELS = Path.of("models");

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private DataOptions.DrawnOption drawn = new DataOptions.DrawnOption();

    @Option(
            names = "--models",
            paramLabel = "DIR",
            defaultValue = "models",
            description = "The folder that holds the models (default: ${DEFAULT-VALUE}).")
    private Path models = DEFAULT_MODELS;

    @Option(
            names = "--model-name",
            paramLabel = "NAME",
            defaultValue = ModelOptions.DEFAULT_NAME,
            converter = ModelName.class,
            description = "The name of the model (default: ${DEFAULT-VALUE}).")
    private String name = ModelOptions.DEFAULT_NAME;

    @Option(
            names = "--model-version",
            paramLabel = "VERSION",
            converter = ModelName.class,
            description = "The version of the model (default: the current UTC time, such as 20260131T120000Z).")
    private @Nullable String version;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = {
                "The network and its training recipe (default: fast).",
                "fast: the tutorial's network; trains in less than a minute on two processors.",
                "best: a larger network; trains in minutes.",
                "tutorial: the tutorial's own recipe: SGD, 1,000 epochs, 50,000 training and 500 test images."
            })
    private @Nullable Preset preset;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description =
                    "Passes over the training images (default: set by the preset; fast 16, best 20, tutorial 1000).")
    private @Nullable Integer epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Images per optimizer step (default: set by the preset; 100).")
    private @Nullable Integer batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description = "The peak learning rate (default: set by the preset; fast 0.004, best 0.003, tutorial 0.01).")
    private @Nullable Double learningRate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "The random seed of the initial weights, the training/validation split, the order of the images and their"
                            + " augmentation (default: 1).")
    private @Nullable Long seed;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            converter = DeviceConverter.class,
            description =
                    "The device to train on: auto (the first GPU if there is one, else the CPU), cpu, gpu or gpu:N (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Option(
            names = "--if-missing",
            description =
                    "Train only if --models has no model of this name; otherwise print its latest version and exit.")
    private boolean ifMissing;

    @CommandLine.ArgGroup
    private @Nullable Unfinished unfinished;

    @Option(
            names = "--json",
            description = "Print the result as JSON to standard output, and everything else to standard error.")
    private boolean json;

    /** What to do with an interrupted training. */
    static final class Unfinished {
        @Option(
                names = "--resume",
                required = true,
                description = "Continue the last interrupted training, or the one of --model-version.")
        private boolean resume;

        @Option(
                names = "--finish",
                required = true,
                description =
                        "Write the model of the best epoch of an interrupted training, chosen as with --resume, and train no further.")
        private boolean finish;
    }

    @Override
    public Integer call() throws IOException {
        PrintStream out = json ? System.err : System.out;
        if (unfinished != null
                && (preset != null || epochs != null || batchSize != null || learningRate != null || seed != null)) {
            throw new UsageException(
                    "--resume and --finish use the recipe of the interrupted training; omit --preset, --epochs,"
                            + " --batch-size, --learning-rate and --seed");
        }
        TrainingSettings settings = settings();
        if (ifMissing) {
            if (unfinished != null || version != null || json) {
                throw new UsageException(
                        "--if-missing accepts any version; omit --model-version, --resume, --finish and --json");
            }
            Optional<Path> latest = ModelArtifact.latest(models, name);
            if (latest.isPresent()) {
                System.out.println(
                        "Model exists: " + ModelArtifact.open(latest.get()).directory());
                return 0;
            }
        }
        Writable.requireFolder("--models", models.resolve(name));
        requireNewVersion();
        requireDevice();
        DigitData digits = data.find(drawn, out::println).forTraining();
        requireBatch(digits);
        Interrupts interrupts = Interrupts.listen();
        ModelTrainer trainer = trainer(models, device, out, interrupts);
        Outcome outcome;
        if (unfinished == null) {
            outcome = trainer.train(digits, settings, name, announce(out, settings.preset(), digits));
        } else if (unfinished.resume) {
            outcome = trainer.resume(digits, name, Optional.ofNullable(version));
        } else if (unfinished.finish) {
            outcome = trainer.finish(digits, name, Optional.ofNullable(version));
        } else {
            throw new UsageException("--resume=false and --finish=false have no effect; omit them");
        }
        if (outcome instanceof Interrupted interrupted) {
            explain(out, interrupted);
            return INTERRUPTED;
        }
        Finished finished = (Finished) outcome;
        explain(out, finished.artifact());
        explain(out, digits);
        if (json) {
            System.out.println(toJson(finished, digits));
        }
        return 0;
    }

    /** Fails before the data set is loaded, not only after that as the trainer would. */
    private void requireNewVersion() {
        if (unfinished == null && version != null && ModelArtifact.exists(models, name, version)) {
            throw new UserException(
                    "the model " + models.resolve(name).resolve(version) + " already exists; choose another version");
        }
    }

    /** A preset's batch size may be larger than a small data set, but nobody asks for more images than there are. */
    private void requireBatch(DigitData digits) {
        int images = digits.training().size();
        if (batchSize != null && batchSize > images) {
            throw new UserException("--batch-size is " + batchSize + ", but " + digits.name() + " has " + images
                    + " training images; use " + images + " or less");
        }
    }

    private void requireDevice() {
        UserFolders.ofProcess().setEngineCache();
        if (!device.equals("auto") && !device.equals("cpu")) {
            Engines.forTraining();
            DeviceChoice.requirePresent(device);
        }
    }

    /** Checks the form of a device's name. */
    static final class DeviceConverter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (!DeviceChoice.isName(text)) {
                throw new TypeConversionException(
                        "'" + Excerpt.of(text) + "' is no device; use " + DeviceChoice.SYNTAX);
            }
            return text;
        }
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

    private String announce(PrintStream out, String recipe, DigitData digits) {
        String chosenVersion =
                version == null ? VERSION.format(Clock.systemUTC().instant()) : version;
        out.printf("Training %s %s (%s) on %s%n", name, chosenVersion, recipe, digits.name());
        return chosenVersion;
    }

    /** Trains a model with the default preset, for the demo. */
    static ModelArtifact trainDefault(
            DigitData digits, DataOptions data, Path models, String name, Interrupts interrupts) throws IOException {
        String version = VERSION.format(Clock.systemUTC().instant());
        TrainingSettings settings = Preset.FAST.settings();
        System.out.printf("Training %s %s (%s) on %s%n", name, version, settings.preset(), digits.name());
        Outcome outcome = trainer(models, "auto", System.out, interrupts).train(digits, settings, name, version);
        if (outcome instanceof Finished finished) {
            explain(System.out, finished.artifact());
            return finished.artifact();
        }
        throw new UserException(
                "interrupted while training; nothing was started. Continue with `digitstream train --resume"
                        + sameModel(data, digits.name().equals(DigitSources.DRAWN), models, name)
                        + "`, or start over with `digitstream demo`");
    }

    private static ModelTrainer trainer(Path models, String device, PrintStream out, Interrupts interrupts) {
        Optional<LiveLines> live = out == System.out ? Terminal.liveLines(out) : Optional.empty();
        return new ModelTrainer(
                models, device, Report::files, new TrainingView(out, live, interrupts, Clock.systemUTC()));
    }

    private static void explain(PrintStream out, ModelArtifact artifact) {
        ModelCard card = artifact.card();
        ModelCard.Evaluation evaluation = Objects.requireNonNull(card.evaluation());
        ModelCard.Training training = Objects.requireNonNull(card.training());
        out.printf(
                Locale.ROOT,
                "Trained in %.1f s on %s: %.2f %% on %,d test images (weights of epoch %d). Wrote %s%n",
                training.seconds(),
                training.device(),
                100 * evaluation.accuracy(),
                evaluation.images(),
                training.bestEpoch(),
                artifact.directory());
    }

    private void explain(PrintStream out, Interrupted interrupted) {
        if (interrupted.checkpoint().isEmpty()) {
            out.println("Interrupted during the first epoch; nothing was kept.");
            return;
        }
        EpochResult best = interrupted.best().orElseThrow();
        Double accuracy = best.validationAccuracy();
        out.printf(
                Locale.ROOT,
                "Interrupted. The best epoch so far is %d (%s accuracy %.2f %%). The checkpoint is in %s.%n"
                        + "To continue the training:%n"
                        + "  digitstream train --resume%s%n"
                        + "To write the model of the best epoch, with its report:%n"
                        + "  digitstream train --finish%<s%n",
                best.epoch(),
                accuracy == null ? "training" : "validation",
                100 * (accuracy == null ? best.accuracy() : accuracy),
                interrupted.checkpoint().orElseThrow(),
                sameModel(data, drawn.allowed(), models, name));
    }

    /** Returns the flags, with a space in front of each, that find the same training and images again. */
    private static String sameModel(DataOptions data, boolean allowDrawn, Path models, String name) {
        StringBuilder flags = new StringBuilder();
        data.path().ifPresent(path -> flags.append(" --data ").append(ShellWord.of(path.toString())));
        if (allowDrawn) {
            flags.append(" --allow-drawn-digits");
        }
        if (!models.equals(DEFAULT_MODELS)) {
            flags.append(" --models ").append(ShellWord.of(models.toString()));
        }
        if (!name.equals(ModelOptions.DEFAULT_NAME)) {
            flags.append(" --model-name ").append(name);
        }
        return flags.toString();
    }

    /** Says what else a reader of the result must know about the images. */
    private static void explain(PrintStream out, DigitData digits) {
        if (digits.name().equals(DigitSources.DRAWN)) {
            out.println(
                    "The images were drawn by the program, because MNIST could not be downloaded. Do not expect such a"
                            + " model to read real digits as well as one that was trained on MNIST.");
        }
        if (digits.passedOver() > 0) {
            out.printf(Locale.ROOT, "Passed over %,d image files that can't be used.%n", digits.passedOver());
        }
    }

    private static String toJson(Finished finished, DigitData digits) throws IOException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("directory", finished.artifact().directory().toString());
        result.put("card", finished.artifact().card());
        result.put("history", finished.history());
        result.put("data", DataOptions.describe(digits));
        return Json.INDENTED.writeValueAsString(result);
    }
}
