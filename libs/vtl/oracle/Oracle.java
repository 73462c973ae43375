// Renders the cases of a golden file with Apache Velocity 1.7 and writes the answers back into the file.

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

public class Oracle {
  private static final String FAULT = "!! fault";

  public static void main(String[] arguments) throws Exception {
    Path context = Path.of(arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      Path file = Path.of(arguments[i]);
      Files.writeString(file, answered(Files.readString(file), Files.readString(context)));
    }
  }

  private static String answered(String golden, String context) {
    StringBuilder result = new StringBuilder();
    String[] cases = golden.split("(?m)^==== ");
    result.append(cases[0]);
    for (int i = 1; i < cases.length; i++) {
      int titleEnd = cases[i].indexOf('\n');
      int templateEnd = cases[i].lastIndexOf("\n----\n");
      String template = templateEnd <= titleEnd ? "" : cases[i].substring(titleEnd + 1, templateEnd);
      result.append("==== ").append(cases[i], 0, titleEnd + 1).append(template).append("\n----\n");
      result.append(render(template, context)).append('\n');
    }
    return result.toString();
  }

  /** A fresh engine for each case: macros outlive a render otherwise. */
  private static String render(String template, String context) {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
    engine.init();
    VelocityContext variables = new VelocityContext();
    ((Map<?, ?>) new Json(context).value()).forEach((key, value) -> variables.put((String) key, value));
    StringWriter output = new StringWriter();
    try {
      engine.evaluate(variables, output, "case", template);
      return output.toString();
    } catch (Exception | StackOverflowError | AssertionError fault) {
      return System.getenv("ORACLE_WHY") == null ? FAULT : FAULT + " " + fault;
    }
  }

  /** Just enough JSON: insertion-ordered maps, lists, Integer, Long, Double. */
  private static final class Json {
    private final String text;
    private int at = 0;

    Json(String text) {
      this.text = text;
    }

    Object value() {
      char next = peek();
      if (next == '{') return map();
      if (next == '[') return list();
      if (next == '"') return string();
      int start = at;
      while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) at++;
      return scalar(text.substring(start, at));
    }

    private Object scalar(String word) {
      if (word.equals("null")) return null;
      if (word.equals("true") || word.equals("false")) return Boolean.valueOf(word);
      if (word.contains(".") || word.contains("e")) return Double.valueOf(word);
      long number = Long.parseLong(word);
      if (number == (int) number) return (int) number;
      return number;
    }

    private Map<String, Object> map() {
      Map<String, Object> map = new LinkedHashMap<>();
      at++;
      while (peek() != '}') {
        String key = string();
        peek();
        at++;
        map.put(key, value());
        if (peek() == ',') at++;
        peek();
      }
      at++;
      return map;
    }

    private List<Object> list() {
      List<Object> list = new ArrayList<>();
      at++;
      while (peek() != ']') {
        list.add(value());
        if (peek() == ',') at++;
      }
      at++;
      return list;
    }

    private String string() {
      StringBuilder result = new StringBuilder();
      at++;
      while (text.charAt(at) != '"') {
        char c = text.charAt(at++);
        if (c != '\\') {
          result.append(c);
          continue;
        }
        char escaped = text.charAt(at++);
        if (escaped == 'u') {
          result.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        } else {
          result.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped);
        }
      }
      at++;
      return result.toString();
    }

    private char peek() {
      while (Character.isWhitespace(text.charAt(at))) at++;
      return text.charAt(at);
    }
  }
}
