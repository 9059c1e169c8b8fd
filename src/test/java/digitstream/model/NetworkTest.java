package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.model.Layer.Convolution;
import digitstream.model.Layer.Linear;
import digitstream.model.Layer.MaxPooling;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final Linear LAST = new Linear(10, true);

    /** The figures are from the tutorial's table. */
    @Test
    void computesTheSizesOfTheTutorialsNetwork() {
        Network lenet = new Network(
                1,
                List.of(
                        new Convolution(6, 5, 1, 0, true),
                        new MaxPooling(2, 2),
                        new Convolution(16, 5, 1, 0, true),
                        new MaxPooling(2, 2),
                        new Linear(64, true),
                        LAST));
        assertThat(lenet.rows())
                .extracting(row -> row.output().toString())
                .containsExactly("6 x 24 x 24", "6 x 12 x 12", "16 x 8 x 8", "16 x 4 x 4", "64", "10");
        assertThat(lenet.rows())
                .extracting(Network.Row::parameters)
                .containsExactly(6L * 26, 0L, 16L * (6 * 25 + 1), 0L, 64L * 257, 650L);
        assertThat(lenet.rows())
                .extracting(Network.Row::multiplyAdds)
                .containsExactly(576L * 6 * 25, 0L, 64L * 16 * 150, 0L, 256L * 64, 640L);
    }

    @Test
    void countsPaddingAndStride() {
        Network strided = new Network(1, List.of(new Convolution(8, 4, 2, 1, false), LAST));
        assertThat(strided.rows().get(0).output()).hasToString("8 x 14 x 14");
        assertThat(strided.rows().get(0).parameters()).isEqualTo(8 * 16);
    }

    @Test
    void rejectsSizesThatAreNotWholeAndShowsTheArithmetic() {
        rejects(
                "the output height of layer 2 (MaxPool2d 3x3, stride 2) is (24 + 2*0 - 3)/2 + 1 = 11.5, not a positive whole",
                new Convolution(6, 5, 1, 0, true),
                new MaxPooling(3, 2),
                LAST);
        rejects("(28 + 2*2 - 5)/2 + 1 = 14.5", new Convolution(6, 5, 2, 2, true), LAST);
        rejects("(28 + 2*0 - 30)/1 + 1 = -1", new Convolution(6, 30, 1, 0, true), LAST);
    }

    @Test
    void rejectsANetworkWithoutTenOutputs() {
        rejects("outputs 64 values per image, not 10", new Linear(64, true));
        rejects("outputs 6 x 24 x 24 values", new Convolution(6, 5, 1, 0, true));
        assertThatThrownBy(() -> new Network(1, List.of())).hasMessageContaining("no layers");
        assertThatThrownBy(() -> new Convolution(0, 5, 1, 0, true))
                .hasMessageContaining("filters is 0; set it to 1 or more");
    }

    @Test
    void readsLayersAndNamesTheFaultInThem() throws IOException {
        assertThat(
                        read("{\"members\":1,\"layers\":[{\"type\":\"ReLU\"},{\"type\":\"Linear\",\"units\":10,\"bias\":true}]}")
                                .parameters())
                .isEqualTo(7_850);
        assertThatThrownBy(() -> read("{\"members\":1,\"layers\":[{\"type\":\"Linear\",\"units\":11,\"bias\":true}]}"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("outputs 11 values");
    }

    private static Network read(String json) throws IOException {
        return Network.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static void rejects(String reason, Layer... layers) {
        assertThatThrownBy(() -> new Network(1, List.of(layers)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(reason);
    }
}
