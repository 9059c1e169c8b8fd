package digitstream.training;

import digitstream.model.ModelCard;
import java.util.List;
import java.util.Map;

/** Describes a finished training in files for people, which are written into the model's artifact. */
public interface TrainingReport {

    /**
     * Makes the files.
     *
     * @param test the evaluation on the test images
     * @param history every epoch, in order
     * @return name to content
     */
    Map<String, byte[]> files(ModelCard card, Evaluation test, List<EpochResult> history);
}
