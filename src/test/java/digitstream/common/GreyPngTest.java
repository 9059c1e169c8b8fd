package digitstream.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class GreyPngTest {
    @Test
    void keepsEveryShadeInItsPlace() throws Exception {
        byte[] pixels = new byte[256];
        for (int shade = 0; shade < 256; shade++) {
            pixels[shade] = (byte) shade;
        }
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(GreyPng.encode(pixels, 32, 8)));
        assertThat(read.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
        assertThat(read.getWidth()).isEqualTo(32);
        assertThat(read.getHeight()).isEqualTo(8);
        assertThat(read.getRaster().getDataElements(0, 0, 32, 8, null)).isEqualTo(pixels);
    }

    @Test
    void rejectsPixelsOfAnotherSize() {
        assertThatThrownBy(() -> GreyPng.encode(new byte[5], 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 bytes are not the pixels of a 2 by 2 image");
    }
}
