package digitstream.cli;

import digitstream.common.Excerpt;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Checks of option values that several commands share. Each throws a {@link UsageException}, so that the program exits with 2. */
final class Values {
    private Values() {}

    static void requireAtLeastOne(String flag, long value) {
        if (value < 1) {
            throw new UsageException(flag + " is " + value + "; set it to 1 or more");
        }
    }

    static void requirePort(String flag, int port) {
        if (!ListenAddress.isPort(port)) {
            throw new UsageException(flag + " is " + port + "; use a port from 0 to 65535");
        }
    }

    /** Parses a path. An empty one, such as an unset shell variable, would silently mean the current folder. */
    static final class PathConverter implements ITypeConverter<Path> {
        @Override
        public Path convert(String text) {
            if (text.isBlank()) {
                throw new TypeConversionException("'" + text + "' is empty; name a file or folder");
            }
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new TypeConversionException(
                        "'" + Excerpt.of(text) + "' can't be the name of a file or folder: " + e.getReason());
            }
        }
    }

    /** Parses an int. Picocli's own message says "is not an int". */
    static final class IntConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw noWholeNumber(text);
            }
        }
    }

    /** Likewise, a long. */
    static final class LongConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException e) {
                throw noWholeNumber(text);
            }
        }
    }

    private static TypeConversionException noWholeNumber(String text) {
        String problem = text.matches("[+-]?\\d+") ? "is out of range" : "is not a whole number";
        return new TypeConversionException("'" + Excerpt.of(text) + "' " + problem);
    }

    /** Parses a number that may be 0. */
    static final class CountConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                int count = Integer.parseInt(text);
                if (count >= 0) {
                    return count;
                }
            } catch (NumberFormatException notANumber) {
                // Reported below.
            }
            throw new TypeConversionException("'" + Excerpt.of(text) + "' is not a count; use 0 or more");
        }
    }
}
