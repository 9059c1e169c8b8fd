package digitstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import digitstream.common.Digits;
import digitstream.common.Excerpt;
import digitstream.common.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code model.json}: the model's identity, input, output, training and accuracy.
 *
 * @param formatVersion of the card; always {@value #FORMAT_VERSION}
 * @param name letters, digits, '.', '_' and '-'; the name of the artifact's folder
 * @param version likewise
 * @param sha256 of {@code model.pt}, 64 hexadecimal digits; kept in lower case
 * @param input shape and dtype of the input
 * @param output shape and dtype of the output
 * @param classNames the digit that each output column stands for: "0" to "9" or "zero" to "nine", in any order
 * @param network the layers; null if unknown, as for a model trained with other software
 * @param training how the model was trained; null if unknown
 * @param validation results on images held out from the training images, used for model selection; null if unknown
 * @param evaluation results on test images, which were not used for selection; null if unknown
 * @param lowerPrecision accuracy in a lower precision than float32; null if not measured, and then absent from the JSON: earlier
 *     readers reject the field
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
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable LowerPrecision lowerPrecision,
        Map<String, String> software) {
    public static final int FORMAT_VERSION = 1;

    /** The input of every model here: a batch of one-channel images. */
    public static final Tensor INPUT = new Tensor(List.of("N", "1", "28", "28"), "uint8");

    /** The output of every model here: a probability for each class. */
    public static final Tensor OUTPUT = new Tensor(List.of("N", "10"), "float32");

    public static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    /** The bins of {@link Evaluation#confidenceBins}. */
    private static final int CONFIDENCE_BINS = 15;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    /**
     * A tensor's shape and element type.
     *
     * @param shape the dimensions; "N" for the batch size
     * @param dtype PyTorch's name for the element type
     */
    public record Tensor(List<String> shape, String dtype) {
        public Tensor {
            require(
                    shape != null && dtype != null && shape.stream().noneMatch(Objects::isNull),
                    "input and output must each have a shape, without null, and a dtype");
            shape = List.copyOf(shape);
        }

        /** Returns the type and the shape as PyTorch's documentation writes them, for example "uint8 [N, 1, 28, 28]". */
        public String describe() {
            return dtype + " [" + String.join(", ", shape) + "]";
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
            // Not List.copyOf: a class without images has no accuracy.
            accuracyPerClass = copy(accuracyPerClass);
            predictedPerClass = predictedPerClass == null ? null : copy(predictedPerClass);
            confidenceBins = confidenceBins == null ? null : copy(confidenceBins);
        }

        /** Also accepts null, which {@link #check} reports. */
        private static <T> List<T> copy(@Nullable List<T> list) {
            return list == null ? List.of() : Collections.unmodifiableList(new ArrayList<>(list));
        }

        /** Requires what {@code serve} and {@code evaluate} use; the field is named in the message. */
        private void check(String field) {
            require(images >= 0, field + ".images is " + images + "; it must not be negative");
            require(isFraction(accuracy), field + ".accuracy is " + accuracy + "; it must be 0 to 1");
            requireSize(field + ".accuracyPerClass", accuracyPerClass, Digits.CLASSES);
            for (Double recall : accuracyPerClass) {
                require(
                        recall == null || recall.isNaN() || isFraction(recall),
                        field + ".accuracyPerClass has " + recall + "; each must be 0 to 1");
            }
            checkCounts(field + ".predictedPerClass", predictedPerClass, Digits.CLASSES);
            checkCounts(field + ".confidenceBins", confidenceBins, CONFIDENCE_BINS);
            require(
                    temperature == null || (temperature > 0 && Double.isFinite(temperature)),
                    field + ".temperature is " + temperature + "; it must be finite and greater than 0");
        }

        private static boolean isFraction(double value) {
            return value >= 0 && value <= 1;
        }

        private static void checkCounts(String field, @Nullable List<Long> counts, int size) {
            if (counts == null) {
                return;
            }
            requireSize(field, counts, size);
            for (Long count : counts) {
                require(count != null && count >= 0, field + " has " + count + "; each must be a number from 0");
            }
        }

        private static void requireSize(String field, List<?> list, int size) {
            require(list.size() == size, field + " has " + list.size() + " entries; it must have " + size);
        }
    }

    /** Checks all fields that the rest of the program relies on. */
    @JsonCreator
    public ModelCard {
        require(formatVersion == FORMAT_VERSION, "formatVersion is " + formatVersion + ", not " + FORMAT_VERSION);
        requireName("name", name);
        requireName("version", version);
        require(
                sha256 != null && SHA256.matcher(sha256).matches(),
                sha256 == null
                        ? "sha256 is missing; set it to the SHA-256 of model.pt"
                        : "sha256 is not 64 hexadecimal digits");
        // PowerShell's Get-FileHash, for example, writes upper case.
        sha256 = sha256.toLowerCase(Locale.ROOT);
        requireTensor("input", input, INPUT);
        requireTensor("output", output, OUTPUT);
        require(classNames != null, "classNames is missing; name the digit of each output column");
        require(
                classNames.stream().noneMatch(Objects::isNull),
                "classNames has a null; name the digit of each output column");
        classNames = List.copyOf(classNames);
        ClassOrder.of(classNames);
        if (validation != null) {
            validation.check("validation");
        }
        if (evaluation != null) {
            evaluation.check("evaluation");
        }
        if (lowerPrecision != null) {
            lowerPrecision.check();
        }
        software = software == null ? Map.of() : withoutNulls(software);
    }

    /** A version that is not known is no reason to refuse a model. */
    private static Map<String, String> withoutNulls(Map<String, String> software) {
        return software.entrySet().stream()
                .filter(entry -> entry.getValue() != null)
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Which digit each column of the output stands for. */
    public ClassOrder classOrder() {
        return ClassOrder.of(classNames);
    }

    private static void requireName(String field, @Nullable String name) {
        if (name == null) {
            throw new ModelException(field + " is missing");
        }
        require(
                isName(name),
                field + " is '" + Excerpt.of(name)
                        + "'; use 1 to 100 letters, digits, '.', '_' or '-', and begin with a letter or digit");
    }

    private static void requireTensor(String field, @Nullable Tensor tensor, Tensor expected) {
        if (tensor == null) {
            throw new ModelException(field + " is missing; it must be " + expected.describe());
        }
        require(
                tensor.equals(expected),
                field + " is " + Excerpt.of(tensor.describe()) + "; only " + expected.describe() + " is supported");
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
}
