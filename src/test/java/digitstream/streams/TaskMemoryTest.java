package digitstream.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;

class TaskMemoryTest {
    @Test
    void isEmptyWhenItsTaskIsRevived() {
        TaskMemory<List<String>> memory = TaskMemory.<List<String>>builder("memory", ArrayList::new, List::clear)
                .build();
        memory.init(new MockProcessorContext<>().getStateStoreContext(), memory);
        memory.value().add("of a corrupted task");
        memory.init(new MockProcessorContext<>().getStateStoreContext(), memory);
        assertThat(memory.value()).isEmpty();
    }
}
