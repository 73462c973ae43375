// Writes under each line of the golden files what java.util.regex answers for it; see ../README.md for how to run it.
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

public class Oracle {
  private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  public static void main(String[] files) throws Exception {
    for (String file : files) rewrite(Path.of(file));
  }

  private static void rewrite(Path file) throws Exception {
    List<String> lines = new ArrayList<>();
    Pattern pattern = null;
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("  ")) continue;
      lines.add(line);
      if (line.isBlank() || line.startsWith("# ")) continue;
      if (!line.startsWith("pattern ")) {
        if (pattern != null) lines.add("  " + answer(pattern, line));
        continue;
      }
      try {
        String source = line.substring("pattern ".length());
        pattern = Pattern.compile(TEXT.matcher(source).matches() ? texts(source).get(0) : source);
      } catch (PatternSyntaxException refused) {
        pattern = null;
        lines.add("  refused " + refused.getIndex() + " " + refused.getDescription());
      }
    }
    Files.write(file, lines);
  }

  private static String answer(Pattern pattern, String line) {
    String operation = line.substring(0, line.indexOf(' '));
    List<String> texts = texts(line);
    Matcher matcher = pattern.matcher(texts.get(0));
    try {
      return switch (operation) {
        case "matches" -> String.valueOf(matcher.matches());
        case "find" -> String.valueOf(matcher.find());
        case "replaceAll" -> quote(matcher.replaceAll(texts.get(1)));
        case "replaceFirst" -> quote(matcher.replaceFirst(texts.get(1)));
        case "split" -> Arrays.stream(pattern.split(texts.get(0), Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1))))
            .map(Oracle::quote).collect(Collectors.joining(",", "[", "]"));
        default -> throw new IllegalStateException(line);
      };
    } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
      return "refused " + refused.getMessage();
    }
  }

  private static List<String> texts(String line) {
    return TEXT.matcher(line).results().map(found -> unescape(found.group(1))).toList();
  }

  private static String unescape(String json) {
    return Pattern.compile("\\\\(u([0-9a-fA-F]{4})|.)").matcher(json).replaceAll(found -> Matcher.quoteReplacement(
        found.group(2) != null ? String.valueOf((char) Integer.parseInt(found.group(2), 16)) : switch (found.group(1)) {
          case "n" -> "\n";
          case "r" -> "\r";
          case "t" -> "\t";
          case "f" -> "\f";
          default -> found.group(1);
        }));
  }

  private static String quote(String text) {
    return text.chars().mapToObj(unit -> unit == '"' || unit == '\\' ? "\\" + (char) unit
        : unit < 32 || unit > 126 ? String.format("\\u%04x", unit) : String.valueOf((char) unit)).collect(Collectors.joining("", "\"", "\""));
  }
}
