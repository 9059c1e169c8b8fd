package digitstream.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the tests of the documentation need of a Markdown file. */
public final class Markdown {
    private static final Pattern HEADING = Pattern.compile("(#{1,6}) +(.*)");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    private final Path file;
    private final List<String> lines;

    private Markdown(Path file, List<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    /** Reads a file of the project, by its path from the root. */
    public static Markdown read(String path) {
        return read(Path.of(path));
    }

    static Markdown read(Path file) {
        try {
            return new Markdown(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All Markdown files of the project. */
    static List<Path> files() throws IOException {
        try (Stream<Path> root = Files.list(Path.of(""));
                Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(root, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** The code spans in the first cell of each table row below this heading, up to the next heading of any level. */
    public List<Set<String>> rows(String heading) {
        return tables().entrySet().stream()
                .filter(section -> section.getKey().equals(heading))
                .findFirst()
                .orElseThrow(() -> new AssertionError(file + " has no heading '" + heading + "'"))
                .getValue();
    }

    /** The same, in one set. */
    public Set<String> names(String heading) {
        Set<String> names = new TreeSet<>();
        rows(heading).forEach(names::addAll);
        return names;
    }

    /** The headings that follow one and precede another. */
    public Set<String> headingsBetween(String after, String before) {
        List<String> headings = List.copyOf(tables().keySet());
        return new TreeSet<>(headings.subList(headings.indexOf(after) + 1, headings.indexOf(before)));
    }

    /** By heading, in order, the code spans in the first cell of each row of its tables. */
    Map<String, List<Set<String>>> tables() {
        Map<String, List<Set<String>>> sections = new LinkedHashMap<>();
        String heading = "";
        for (String line : prose()) {
            Matcher headings = HEADING.matcher(line);
            if (headings.matches()) {
                heading = headings.group(2).replace("`", "");
                sections.put(heading, new ArrayList<>());
            } else if (line.startsWith("|") && sections.containsKey(heading)) {
                Set<String> cell = new TreeSet<>();
                Matcher code = CODE.matcher(line.split("(?<!\\\\)\\|", 3)[1]);
                while (code.find()) {
                    cell.add(code.group(1).replace("\\|", "|"));
                }
                if (!cell.isEmpty()) {
                    sections.get(heading).add(cell);
                }
            }
        }
        return sections;
    }

    /** The targets of the links. */
    List<String> links() {
        List<String> links = new ArrayList<>();
        for (String line : prose()) {
            Matcher link = LINK.matcher(CODE.matcher(line).replaceAll(""));
            while (link.find()) {
                links.add(link.group(1));
            }
        }
        return links;
    }

    /** The anchors of the headings, as GitHub makes them. */
    Set<String> anchors() {
        Set<String> anchors = new TreeSet<>();
        for (String line : prose()) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                anchors.add(anchor(heading.group(2)));
            }
        }
        return anchors;
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    /** The lines below the heading with this anchor, up to the next heading of any level; empty if there is no such heading. */
    List<String> section(String anchor) {
        List<String> section = new ArrayList<>();
        boolean isInside = false;
        for (String line : prose()) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                isInside = anchor(heading.group(2)).equals(anchor);
            } else if (isInside) {
                section.add(line);
            }
        }
        return section;
    }

    /** The fenced blocks of a language, in order. */
    List<String> blocks(String language) {
        List<String> blocks = new ArrayList<>();
        StringBuilder block = null;
        for (String line : lines) {
            if (block == null && line.equals("```" + language)) {
                block = new StringBuilder();
            } else if (block != null && line.equals("```")) {
                blocks.add(block.toString());
                block = null;
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        return blocks;
    }

    private List<String> prose() {
        List<String> prose = new ArrayList<>();
        boolean isFenced = false;
        for (String line : lines) {
            if (line.startsWith("```")) {
                isFenced = !isFenced;
            } else if (!isFenced) {
                prose.add(line);
            }
        }
        return prose;
    }
}
