// The JDK's own HTTP server, with the routes and answers of the emulated HTTP services. It knows nothing
// of tracing: the OpenTelemetry Java agent puts that in.
//
//     java -javaagent:opentelemetry-javaagent.jar Service 8080
//
// SPDX-License-Identifier: Apache-2.0
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class Service {
  private static final AtomicLong nextId = new AtomicLong(1);
  private static final Pattern NAME = Pattern.compile("\"name\"\\s*:\\s*\"([^\"]+)\"");
  private static final Pattern EMAIL = Pattern.compile("\"email\"\\s*:\\s*\"([^\"]*)\"");

  public static void main(String[] arguments) throws IOException {
    // Without it the head waits for the acknowledgement of what was sent before, up to 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    int port = Integer.parseInt(arguments[0]);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 128);
    server.createContext("/healthz", exchange -> answer(exchange, 200, "{\"status\":\"ok\"}"));
    server.createContext("/hello/", exchange -> answer(exchange, 200, "{\"hello\":\"" + rest(exchange) + "\"}"));
    server.createContext("/users/", Service::getUser);
    server.createContext("/users", Service::createUser);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.start();
  }

  private static void getUser(HttpExchange exchange) throws IOException {
    String id = rest(exchange);
    if (id.matches("\\d{1,18}")) {
      answer(exchange, 200, user(Long.parseLong(id), "user-" + id, "user-" + id + "@example.com"));
    } else {
      answer(exchange, 400, "{\"error\":\"the user id must be a whole number\"}");
    }
  }

  private static void createUser(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Matcher name = NAME.matcher(body);
    Matcher email = EMAIL.matcher(body);
    if (name.find()) {
      answer(exchange, 201, user(nextId.getAndIncrement(), name.group(1), email.find() ? email.group(1) : ""));
    } else {
      answer(exchange, 400, "{\"error\":\"the user needs a name\"}");
    }
  }

  private static String user(long id, String name, String email) {
    return "{\"id\":" + id + ",\"name\":\"" + name + "\",\"email\":\"" + email
        + "\",\"created_at\":\"2024-01-01T00:00:00Z\"}";
  }

  /** What follows the route in the path. */
  private static String rest(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().substring(exchange.getHttpContext().getPath().length());
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
