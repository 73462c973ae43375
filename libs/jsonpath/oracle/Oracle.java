// Writes under each path of the golden files what Jayway JsonPath answers for it; see ../README.md for how to run it.
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;

public class Oracle {
  public static void main(String[] files) throws Exception {
    for (String file : files) rewrite(Path.of(file));
  }

  private static void rewrite(Path file) throws Exception {
    List<String> lines = new ArrayList<>();
    String document = null;
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("  ")) continue;
      lines.add(line);
      if (line.startsWith("document ")) document = line.substring(9);
      else if (!line.isBlank() && !line.startsWith("# ")) lines.add("  " + answer(line, document));
    }
    Files.write(file, lines);
  }

  private static Object parse(String json) {
    return Configuration.defaultConfiguration().jsonProvider().parse(json);
  }

  private static String answer(String text, String document) {
    JsonPath path;
    try {
      path = JsonPath.compile(text);
    } catch (RuntimeException | StackOverflowError refused) {
      return "refused";
    }
    try {
      Object result = path.read(parse(document));
      return (path.isDefinite() ? "value " : "list ") + JSONValue.toJSONString(result, JSONStyle.LT_COMPRESS);
    } catch (RuntimeException absentOrFailed) {
      return "missing";
    }
  }
}
