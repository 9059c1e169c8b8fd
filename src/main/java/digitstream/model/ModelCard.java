package digitstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import digitstream.common.Digits;
import digitstream.common.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands in {@code model.json}: what the model is, takes and returns, how it was made and how good it is.
 *
 * @param formatVersion of this card; {@value #FORMAT_VERSION}
 * @param name letters, digits, '.', '_' and '-'; the name of the artifact's folder
 * @param version likewise
 * @param sha256 of {@code model.pt}, 64 lower-case hexadecimal digits
 * @param input what the model takes
 * @param output what it returns
 * @param classNames the meaning of each output column
 * @param network its layers; null where they are not known, as with a model from elsewhere
 * @param training how it was trained; null where that is not known, as with a model from elsewhere
 * @param validation how good it is on images held out of the training images, which decided what was kept; null likewise
 * @param evaluation how good it is on test images, which decided nothing; null likewise
 * @param software name to version of what made it
 */
public record ModelCard(
        int formatVersion,
        String name,
        String version,
        String sha256,
        Tensor input,
        Tensor output,
        List<String> classNames,
        @Nullable Network network,
        @Nullable Training training,
        @Nullable Evaluation validation,
        @Nullable Evaluation evaluation,
        Map<String, String> software) {
    public static final int FORMAT_VERSION = 1;

    /** The input of every model here: a batch of one-channel images. */
    public static final Tensor INPUT = new Tensor(List.of("N", "1", "28", "28"), "uint8");

    /** The output of every model here: a probability for each class. */
    public static final Tensor OUTPUT = new Tensor(List.of("N", "10"), "float32");

    public static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    /**
     * A tensor's shape and element type.
     *
     * @param shape the sizes, "N" where any number of images is taken
     * @param dtype PyTorch's name of the element type
     */
    public record Tensor(List<String> shape, String dtype) {
        public Tensor {
            require(shape != null && dtype != null, "a tensor has no shape or no dtype");
            shape = List.copyOf(shape);
        }
    }

    /**
     * How the model was trained.
     *
     * @param preset the recipe's name
     * @param data the data's name
     * @param dataSha256 of the images and labels that were trained on
     * @param images how many
     * @param epochs passes over them
     * @param bestEpoch the one whose weights these are
     * @param selection why that one, and what the test images had to do with it
     * @param batchSize images a step
     * @param optimiser with how its rate changed and what else it was given
     * @param learningRate the highest, where it changes
     * @param augmentation what was done to the images, each time anew
     * @param seed of the weights' start, the division, the order and the augmentation
     * @param device "cpu()", "gpu(0)"
     * @param threads of the processor, inside an operator
     * @param seconds the training took, by the wall clock; of all parts, where it was interrupted
     */
    public record Training(
            @Nullable String preset,
            String data,
            String dataSha256,
            int images,
            int epochs,
            int bestEpoch,
            @Nullable String selection,
            int batchSize,
            String optimiser,
            double learningRate,
            @Nullable String augmentation,
            long seed,
            String device,
            int threads,
            double seconds) {}

    /**
     * How good the model is on some images.
     *
     * @param data the images' name
     * @param accuracy correct of all, 0 to 1
     * @param accuracyPerClass of each class's images, 0 to 1
     * @param expectedCalibrationError 0 to 1, over 15 equal bins; null where it was not measured
     * @param predictedPerClass how many images were said to be of each class; null likewise
     * @param confidenceBins how many images were classified with a confidence of up to 1/15, 2/15 ... 1; null likewise
     * @param temperature that calibrates the model on these images: the probabilities' logarithms over it, through a
     *     softmax, are its calibrated probabilities; null where it was not fitted, or the images are to decide nothing
     */
    public record Evaluation(
            String data,
            int images,
            double accuracy,
            List<Double> accuracyPerClass,
            @Nullable Double expectedCalibrationError,
            @Nullable List<Long> predictedPerClass,
            @Nullable List<Long> confidenceBins,
            @Nullable Double temperature) {
        public Evaluation {
            require(accuracyPerClass != null, "evaluation.accuracyPerClass is missing");
            // Not List.copyOf: a class without images has no accuracy.
            accuracyPerClass = Collections.unmodifiableList(new ArrayList<>(accuracyPerClass));
            predictedPerClass = predictedPerClass == null ? null : List.copyOf(predictedPerClass);
            confidenceBins = confidenceBins == null ? null : List.copyOf(confidenceBins);
        }
    }

    /** Checks every field that the rest of the program relies on. */
    @JsonCreator
    public ModelCard {
        require(formatVersion == FORMAT_VERSION, "formatVersion is " + formatVersion + ", not " + FORMAT_VERSION);
        require(isName(name), "name is '" + name + "'; give letters, digits, '.', '_' or '-'");
        require(isName(version), "version is '" + version + "'; give letters, digits, '.', '_' or '-'");
        require(sha256 != null && SHA256.matcher(sha256).matches(), "sha256 is not 64 hexadecimal digits");
        require(INPUT.equals(input), "input is " + input + "; this program serves " + INPUT);
        require(OUTPUT.equals(output), "output is " + output + "; this program serves " + OUTPUT);
        require(classNames != null && classNames.size() == Digits.CLASSES, "classNames are not ten");
        classNames = List.copyOf(classNames);
        software = software == null ? Map.of() : Map.copyOf(software);
    }

    static boolean isName(@Nullable String text) {
        return text != null && NAME.matcher(text).matches();
    }

    private static void require(boolean holds, String fault) {
        if (!holds) {
            throw new ModelException(fault);
        }
    }

    /** The card as it stands in {@code model.json}. */
    public String toJson() {
        try {
            return Json.INDENTED.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a card is always JSON", e);
        }
    }

    /**
     * Reads a card.
     *
     * @throws ModelException with one line that names the field, where the text is no card
     */
    static ModelCard fromJson(String json) {
        try {
            return Json.INDENTED.readValue(json, ModelCard.class);
        } catch (MismatchedInputException e) {
            throw new ModelException(
                    e.getCause() instanceof ModelException fault
                            ? String.valueOf(fault.getMessage())
                            : "field " + e.getPathReference() + ": " + e.getOriginalMessage(),
                    e);
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    e.getCause() instanceof ModelException fault
                            ? String.valueOf(fault.getMessage())
                            : "it is no JSON: " + e.getOriginalMessage(),
                    e);
        }
    }
}
