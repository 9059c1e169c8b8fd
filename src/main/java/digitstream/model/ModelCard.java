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
 * The content of {@code model.json}: the model's identity, input, output, training and accuracy.
 *
 * @param formatVersion of the card; always {@value #FORMAT_VERSION}
 * @param name letters, digits, '.', '_' and '-'; the name of the artifact's folder
 * @param version likewise
 * @param sha256 of {@code model.pt}, 64 lower-case hexadecimal digits
 * @param input shape and dtype of the input
 * @param output shape and dtype of the output
 * @param classNames the meaning of each output column
 * @param network the layers; null if unknown, as for a model trained with other software
 * @param training how the model was trained; null if unknown
 * @param validation results on images held out from the training images, used for model selection; null if unknown
 * @param evaluation results on test images, which were not used for selection; null if unknown
 * @param software versions of the software that trained the model, by name
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
     * @param shape the dimensions; "N" for the batch size
     * @param dtype PyTorch's name for the element type
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
     * @param preset name of the preset
     * @param data name of the data set
     * @param dataSha256 SHA-256 of the training images and labels
     * @param images number of training images
     * @param epochs passes over the training images
     * @param bestEpoch the epoch whose weights were kept
     * @param selection how that epoch was selected
     * @param batchSize images per step
     * @param optimiser with its schedule and other parameters
     * @param learningRate the maximum, if it changes
     * @param augmentation random transformations of the training images
     * @param seed of weight initialisation, data split, shuffling and augmentation
     * @param device "cpu()" or "gpu(0)", for example
     * @param threads CPU threads per operator
     * @param seconds wall-clock training time; the sum of all runs if training was interrupted
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
     * The model's accuracy on a set of images.
     *
     * @param data name of the images
     * @param accuracy fraction of correct predictions, 0 to 1
     * @param accuracyPerClass recall of each class, 0 to 1
     * @param expectedCalibrationError 0 to 1, over 15 equal bins; null if not measured
     * @param predictedPerClass number of images predicted as each class; null if not measured
     * @param confidenceBins number of images with a confidence up to 1/15, 2/15 ... 1; null if not measured
     * @param temperature the calibration temperature fitted on these images: softmax(log(probabilities) / temperature)
     *     gives calibrated probabilities; null if not fitted, as for test images
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

    /** Checks all fields that the rest of the program relies on. */
    @JsonCreator
    public ModelCard {
        require(formatVersion == FORMAT_VERSION, "formatVersion is " + formatVersion + ", not " + FORMAT_VERSION);
        require(isName(name), "name is '" + name + "'; use letters, digits, '.', '_' or '-'");
        require(isName(version), "version is '" + version + "'; use letters, digits, '.', '_' or '-'");
        require(sha256 != null && SHA256.matcher(sha256).matches(), "sha256 is not 64 hexadecimal digits");
        require(INPUT.equals(input), "input is " + input + "; only " + INPUT + " is supported");
        require(OUTPUT.equals(output), "output is " + output + "; only " + OUTPUT + " is supported");
        require(
                classNames != null && classNames.size() == Digits.CLASSES,
                "classNames must have " + Digits.CLASSES + " entries");
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

    /** Returns the content of {@code model.json}. */
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
     * @throws ModelException if the text is not a valid card; the message is one line that names the field
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
                            : "it is not valid JSON: " + e.getOriginalMessage(),
                    e);
        }
    }
}
