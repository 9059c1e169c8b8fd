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
 * Memory that the JVM's metrics do not include: native memory (PyTorch's tensors and weights, RocksDB, the JVM's own
 * structures) allocated with the C library, from {@code malloc_info}, and the resident memory of the process, from
 * {@code /proc}. If one of these sources is missing, as outside Linux, its metrics are absent and a log line says so.
 */
final class NativeMemory implements MeterBinder {
    private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final long KIBI = 1024;

    /** Functions of glibc, under their C names. */
    @SuppressWarnings({"checkstyle:MethodName", "MethodName"})
    interface CLibrary extends Library {
        Pointer open_memstream(PointerByReference buffer, LongByReference size);

        int malloc_info(int options, Pointer stream);

        int fclose(Pointer stream);

        void free(Pointer buffer);
    }

    /**
     * The figures of {@code malloc_info}, summed over all arenas.
     *
     * @param usedBytes allocated and not yet freed
     * @param freeBytes freed, but kept by the C library for later allocations
     */
    record Allocated(long usedBytes, long freeBytes) {
        static Allocated parse(String xml) {
            // The totals over all arenas follow the last arena.
            String all = xml.substring(xml.lastIndexOf("</heap>") + 1);
            long free = size(all, "total", "fast") + size(all, "total", "rest");
            return new Allocated(size(all, "system", "current") - free + size(all, "total", "mmap"), free);
        }

        private static long size(String xml, String element, String type) {
            Matcher found = Pattern.compile("<" + element + " type=\"" + type + "\"[^>]* size=\"(\\d+)\"")
                    .matcher(xml);
            if (!found.find()) {
                throw new IllegalStateException("malloc_info reports no " + element + " " + type);
            }
            return Long.parseLong(found.group(1));
        }
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        if (Files.isReadable(STATUS)) {
            Gauge.builder("process.resident.memory", NativeMemory::residentBytes)
                    .description("Resident memory of the process, Java and native.")
                    .baseUnit("bytes")
                    .register(meters);
        } else {
            LOG.info("{} is not readable; the metric process_resident_memory_bytes is not available", STATUS);
        }
        try {
            CLibrary library = Native.load("c", CLibrary.class);
            allocated(library);
            allocated(meters, "used", () -> allocated(library).usedBytes());
            allocated(meters, "free", () -> allocated(library).freeBytes());
        } catch (UnsatisfiedLinkError | IllegalStateException e) {
            LOG.info(
                    "malloc_info is not available ({}); the metric digits_native_memory_bytes is not available",
                    e.getMessage());
        }
    }

    private static void allocated(MeterRegistry meters, String state, java.util.function.Supplier<Number> bytes) {
        Gauge.builder("digits.native.memory", bytes)
                .description(
                        "Memory that native code (PyTorch, RocksDB, the JVM) has allocated with the C library's malloc:"
                                + " in use, or free for later allocations.")
                .baseUnit("bytes")
                .tags("state", state)
                .register(meters);
    }

    static Allocated allocated(CLibrary library) {
        PointerByReference buffer = new PointerByReference();
        LongByReference size = new LongByReference();
        Pointer stream = library.open_memstream(buffer, size);
        if (stream == null) {
            throw new IllegalStateException("open_memstream failed");
        }
        int fault = library.malloc_info(0, stream);
        library.fclose(stream);
        try {
            if (fault != 0) {
                throw new IllegalStateException("malloc_info failed with " + fault);
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
            LOG.warn("{} cannot be read", STATUS, e);
            return Double.NaN;
        }
    }
}
