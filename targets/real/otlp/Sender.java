// Makes COUNT spans in traces of two, one of the JDK's HTTP client and one of its server, each put in by the agent:
//
//     java -javaagent:opentelemetry-javaagent.jar Sender COUNT
//
// The exporter is set by variables alone.
// SPDX-License-Identifier: Apache-2.0
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

final class Sender {
  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 128);
    server.createContext("/users/", exchange -> {
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    });
    server.start();
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    URI users = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/users/42");
    for (int number = 0; number < Integer.parseInt(arguments[0]) / 2; ++number) {
      client.send(HttpRequest.newBuilder(users).build(), HttpResponse.BodyHandlers.discarding());
    }
    server.stop(1);  // the server's last span ends a little after its answer
    System.exit(0);
  }
}
