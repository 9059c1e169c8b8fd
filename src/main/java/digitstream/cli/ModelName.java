package digitstream.cli;

import digitstream.common.Excerpt;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Checks the name or version of a model, which is also the name of a folder, and is copied between systems: so it is portable.
 * Stricter than the check of a model card, which must read every model that exists.
 */
final class ModelName implements ITypeConverter<String> {
    private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,98}[a-zA-Z0-9_-])?");

    /** Windows opens a device instead of a file of these names, whatever follows a dot. */
    private static final Pattern RESERVED =
            Pattern.compile("(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\\..*)?", Pattern.CASE_INSENSITIVE);

    @Override
    public String convert(String text) {
        if (!ALLOWED.matcher(text).matches()) {
            throw new TypeConversionException("'" + Excerpt.of(text)
                    + "' can't be the name of a folder; use 1 to 100 letters, digits, '.', '_' or '-', with a letter or digit"
                    + " first and no '.' last");
        }
        if (RESERVED.matcher(text).matches()) {
            throw new TypeConversionException("'" + text + "' is the name of a device on Windows; choose another name");
        }
        return text;
    }
}
