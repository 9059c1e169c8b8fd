package digitstream.jmh;

import digitstream.avro.DigitImage;
import digitstream.model.Classifier;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Inference by batch size, on one thread, and making the batch from decoded images. */
public class InferenceBenchmark extends PerRecord {
    private static final int SMALL_BATCH = 16;

    /** The model's folder; if empty, that of the latest lenet in the folder models, as for the other commands. */
    @Param("")
    public String model = "";

    private final List<DigitImage> images = Records.images();
    private final List<byte[]> batch = pixels(images);
    private LoadedModel loaded;
    private Classifier classifier;

    // JMH calls setUp before anything else.
    @SuppressWarnings("NullAway.Init")
    public InferenceBenchmark() {}

    @Setup
    public void setUp() {
        Engines.forInference();
        Path folder = model.isEmpty()
                ? ModelArtifact.latest(Path.of("models"), Records.MODEL)
                        .orElseThrow(
                                () -> new IllegalStateException(
                                        "there is no model lenet in models; train one with `digitstream train`, or set -p model="))
                : Path.of(model);
        loaded = LoadedModel.load(ModelArtifact.open(folder));
        classifier = loaded.newClassifier();
    }

    @TearDown
    public void tearDown() {
        classifier.close();
        loaded.close();
    }

    @Benchmark
    @OperationsPerInvocation(Records.BATCH)
    public List<byte[]> assemble256() {
        return pixels(images);
    }

    @Benchmark
    public float[] infer1() {
        return classifier.classify(batch.subList(0, 1));
    }

    @Benchmark
    @OperationsPerInvocation(SMALL_BATCH)
    public float[] infer16() {
        return classifier.classify(batch.subList(0, SMALL_BATCH));
    }

    @Benchmark
    @OperationsPerInvocation(Records.BATCH)
    public float[] infer256() {
        return classifier.classify(batch);
    }

    private static List<byte[]> pixels(List<DigitImage> images) {
        List<byte[]> batch = new ArrayList<>(images.size());
        for (DigitImage image : images) {
            byte[] pixels = new byte[image.getPixels().remaining()];
            image.getPixels().duplicate().get(pixels);
            batch.add(pixels);
        }
        return batch;
    }
}
