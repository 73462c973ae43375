// Writes under each path of the golden files what Jayway JsonPath answers for it; see ../README.md for how to run it.
import com.jayway.jsonpath.*;
import com.jayway.jsonpath.spi.json.*;
import java.nio.file.*;
import java.util.*;

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
      return (path.isDefinite() ? "value " : "list ") + net.minidev.json.JSONValue.toJSONString(result, net.minidev.json.JSONStyle.LT_COMPRESS);
    } catch (PathNotFoundException absent) {
      return "missing";
    } catch (RuntimeException failed) {
      return System.getenv("WHY") != null ? "failed " + failed : "missing";
    }
  }
}
