package digitstream.monitoring;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory that no Java figure shows: what native code (PyTorch's tensors and weights, RocksDB, the JVM's own structures)
 * has taken from the C library, by its {@code malloc_info}, and what of the whole process is in memory, by {@code /proc}.
 * Where there is no such thing, as outside Linux, there are no such metrics, and the log says so.
 */
final class NativeMemory implements MeterBinder {
    private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final long KIBI = 1024;

    /** glibc; its names are C's. */
    @SuppressWarnings({"checkstyle:MethodName", "MethodName"})
    interface CLibrary extends Library {
        Pointer open_memstream(PointerByReference buffer, LongByReference size);

        int malloc_info(int options, Pointer stream);

        int fclose(Pointer stream);

        void free(Pointer buffer);
    }

    /**
     * What {@code malloc_info} says, summed over all arenas.
     *
     * @param usedBytes given out and not yet freed
     * @param freeBytes kept by the C library for later
     */
    record Allocated(long usedBytes, long freeBytes) {
        static Allocated parse(String xml) {
            // What stands behind the last arena is about all of them.
            String all = xml.substring(xml.lastIndexOf("</heap>") + 1);
            long free = size(all, "total", "fast") + size(all, "total", "rest");
            return new Allocated(size(all, "system", "current") - free + size(all, "total", "mmap"), free);
        }

        private static long size(String xml, String element, String type) {
            Matcher found = Pattern.compile("<" + element + " type=\"" + type + "\"[^>]* size=\"(\\d+)\"")
                    .matcher(xml);
            if (!found.find()) {
                throw new IllegalStateException("malloc_info does not tell " + element + " " + type);
            }
            return Long.parseLong(found.group(1));
        }
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        if (Files.isReadable(STATUS)) {
            Gauge.builder("process.resident.memory", NativeMemory::residentBytes)
                    .description("Memory of the process that is in RAM, Java's and native.")
                    .baseUnit("bytes")
                    .register(meters);
        } else {
            LOG.info("There is no {}: no metric process_resident_memory_bytes", STATUS);
        }
        try {
            CLibrary library = Native.load("c", CLibrary.class);
            allocated(library);
            allocated(meters, "used", () -> allocated(library).usedBytes());
            allocated(meters, "free", () -> allocated(library).freeBytes());
        } catch (UnsatisfiedLinkError | IllegalStateException e) {
            LOG.info(
                    "The C library does not tell what it gave out ({}): no metric digits_native_memory_bytes",
                    e.getMessage());
        }
    }

    private static void allocated(MeterRegistry meters, String state, java.util.function.Supplier<Number> bytes) {
        Gauge.builder("digits.native.memory", bytes)
                .description(
                        "Memory that native code (PyTorch, RocksDB, the JVM) has from the C library's malloc: in use,"
                                + " or free for later.")
                .baseUnit("bytes")
                .tags("state", state)
                .register(meters);
    }

    static Allocated allocated(CLibrary library) {
        PointerByReference buffer = new PointerByReference();
        LongByReference size = new LongByReference();
        Pointer stream = library.open_memstream(buffer, size);
        if (stream == null) {
            throw new IllegalStateException("open_memstream gives no stream");
        }
        int fault = library.malloc_info(0, stream);
        library.fclose(stream);
        try {
            if (fault != 0) {
                throw new IllegalStateException("malloc_info gives " + fault);
            }
            return Allocated.parse(buffer.getValue().getString(0));
        } finally {
            library.free(buffer.getValue());
        }
    }

    private static double residentBytes() {
        try {
            Matcher found = RESIDENT.matcher(Files.readString(STATUS));
            return found.find() ? Long.parseLong(found.group(1)) * (double) KIBI : Double.NaN;
        } catch (IOException e) {
            LOG.warn("{} can't be read", STATUS, e);
            return Double.NaN;
        }
    }
}
