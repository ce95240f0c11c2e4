// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/http.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "harness/core/request/trace_context.h"
#include "harness/core/text/text_file.h"
#include "scenarios/http/http_request.h"
#include "scenarios/http/url.h"

namespace tracetax {
namespace {

const Endpoint kEndpoint{"127.0.0.1", 8080};

Result<PreparedScenario> prepare(const char* options,
                                 const ContextFormats& context = {ContextFormat::w3c}) {
  return prepare_http_scenario({"users", "http", Json::parse(options), ""}, {kEndpoint, context});
}

TEST(HttpScenario, SerialisesOneGet) {
  const auto scenario = prepare(R"({"path": "/users/42"})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const RequestTemplate& request = scenario->requests.at(0);
  EXPECT_EQ(request.bytes,
            "GET /users/42 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
            "traceparent: 00-00000000000000000000000000000000-0000000000000000-00\r\n"
            "User-Agent: tracetax/0.1\r\nAccept: */*\r\n\r\n");
  ASSERT_EQ(request.context.size(), 1U);
  EXPECT_EQ(request.bytes.substr(request.context[0].at, kTraceparentSize),
            "00-00000000000000000000000000000000-0000000000000000-00");
}

TEST(HttpScenario, SendsJsonBodiesCompactAndTyped) {
  const auto scenario =
      prepare(R"({"path": "/users", "body": {"name": "Ada"}, "expect": {"status": 201}})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const std::string& bytes = scenario->requests.at(0).bytes;
  EXPECT_TRUE(bytes.starts_with("POST /users HTTP/1.1\r\n"));
  EXPECT_NE(
      bytes.find("Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"name\":\"Ada\"}"),
      std::string::npos);
  EXPECT_EQ(scenario->status_low, 201);
  EXPECT_EQ(scenario->status_high, 201);
}

TEST(HttpScenario, ReadsBodyFilesFromTheFolderOfTheSuite) {
  ASSERT_TRUE(write_file(testing::TempDir() + "/body.json", "[1]"));
  const ScenarioSpec spec{"users", "http",
                          Json::parse(R"({"path": "/", "body_file": "body.json"})"),
                          testing::TempDir()};
  const auto scenario = prepare_http_scenario(spec, {kEndpoint});
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_TRUE(scenario->requests.at(0).bytes.ends_with("Content-Length: 3\r\n\r\n[1]"));
  EXPECT_FALSE(prepare(R"({"path": "/", "body_file": "no such file"})"));
}

TEST(HttpScenario, TakesSeveralRequestsInTurn) {
  const auto scenario =
      prepare(R"({"requests": [{"path": "/a"}, {"path": "/b", "method": "HEAD"}]})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  ASSERT_EQ(scenario->requests.size(), 2U);
  EXPECT_FALSE(scenario->requests[0].is_head);
  EXPECT_TRUE(scenario->requests[1].is_head);
}

constexpr const char* kClasses = R"({"http2": HTTP2, "expect": {"status": "2xx"}, "requests": [
  {"path": "/users/1", "weight": 6},
  {"path": "/users/2?fail=1", "weight": 2, "class": "error", "expect": {"status": 500}},
  {"path": "/users/3?late=300ms", "weight": 1, "class": "late", "extra_spans": 1},
  {"path": "/healthz", "weight": 1, "class": "rare"}]})";

TEST(HttpScenario, TellsWhatEachRequestIs) {
  for (const std::string_view http2 : {"false", "true"}) {
    std::string options = kClasses;
    options.replace(options.find("HTTP2"), 5, http2);
    const auto scenario = prepare(options.c_str());
    ASSERT_TRUE(scenario) << scenario.error().message;
    ASSERT_EQ(scenario->classes.size(), 10U);
    ASSERT_EQ(scenario->extra_spans.size(), 10U);
    std::map<RequestClass, int> came;
    for (std::uint64_t k = 20; k < 30; ++k) {
      const std::size_t request = scenario->index_of(k, 4);
      const RequestClass of = scenario->classes[k % 10];
      ++came[of];
      EXPECT_EQ(of, (std::array{RequestClass::normal, RequestClass::error, RequestClass::late,
                                RequestClass::rare})[request]);
      EXPECT_EQ(scenario->extra_spans[k % 10], request == 2 ? 1U : 0U);
      EXPECT_EQ(scenario->expected_of(request),
                request == 1 ? (StatusRange{500, 500}) : (StatusRange{200, 299}));
    }
    EXPECT_EQ(came, (std::map<RequestClass, int>{{RequestClass::normal, 6},
                                                 {RequestClass::error, 2},
                                                 {RequestClass::rare, 1},
                                                 {RequestClass::late, 1}}));
  }
}

TEST(HttpScenario, TellsTheClassesOfRequestsInTurnAndOfRows) {
  const auto turn = prepare(R"({"requests": [{"path": "/a"}, {"path": "/b", "class": "vip"}]})");
  ASSERT_TRUE(turn) << turn.error().message;
  EXPECT_TRUE(turn->turns.empty());
  EXPECT_EQ(turn->classes, (std::vector{RequestClass::normal, RequestClass::vip}));
  EXPECT_TRUE(turn->extra_spans.empty());
  ASSERT_TRUE(write_file(testing::TempDir() + "/ids.csv", "id\n1\n2\n3\n"));
  const auto rows =
      prepare_http_scenario({"users", "http", Json::parse(R"({"data": "ids.csv", "requests": [
         {"path": "/a", "weight": 2}, {"path": "/b/${id}", "class": "slow"}]})"),
                             testing::TempDir()},
                            {kEndpoint});
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->classes.size(), 3U);
  for (std::uint64_t k = 0; k < 12; ++k) {
    EXPECT_EQ(rows->classes[k % 3] == RequestClass::slow,
              rows->index_of(k, rows->requests.size()) > 0);
  }
}

TEST(HttpScenario, RefusesClassesThatNobodyKnows) {
  const auto mistake = [](const char* options) {
    const auto scenario = prepare(options);
    return scenario ? "" : scenario.error().message;
  };
  EXPECT_NE(mistake(R"({"requests": [{"path": "/", "class": "eror"}]})").find("did you mean"),
            std::string::npos);
  EXPECT_NE(mistake(R"({"cookies": true, "requests": [{"path": "/", "class": "error"}]})")
                .find("nobody knows which request"),
            std::string::npos);
  EXPECT_EQ(mistake(R"({"cookies": true, "requests": [{"path": "/", "expect": {"status": 500}}]})"),
            "");
  EXPECT_NE(mistake(R"({"requests": [{"path": "/", "expect": {"body_contains": "x"}}]})")
                .find("looked for once"),
            std::string::npos);
  EXPECT_NE(mistake(R"({"requests": [{"path": "/", "expect": {"status": 7}}]})").find("status"),
            std::string::npos);
  EXPECT_NE(mistake(R"({"path": "/", "class": "error"})"), "");
}

// What the engine writes for a sampled request, over each format's own zeros.
TEST(HttpScenario, WritesEveryFormatInItsPlace) {
  using enum ContextFormat;
  const TraceContext context =
      *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  auto all =
      prepare(R"({"path": "/", "headers": {"X-Id": "7"}})", {w3c, b3, b3multi, jaeger, xray});
  ASSERT_TRUE(all) << all.error().message;
  RequestTemplate& request = all->requests.at(0);
  const std::size_t size = request.bytes.size();
  write_context(request.context, context, request.bytes);
  EXPECT_EQ(request.bytes,
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
            "b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1\r\n"
            "x-b3-traceid: 4bf92f3577b34da6a3ce929d0e0e4736\r\n"
            "x-b3-spanid: 00f067aa0ba902b7\r\n"
            "x-b3-sampled: 1\r\n"
            "uber-trace-id: 4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:0:1\r\n"
            "X-Amzn-Trace-Id: "
            "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1\r\n"
            "User-Agent: tracetax/0.1\r\nAccept: */*\r\nX-Id: 7\r\n\r\n");
  EXPECT_EQ(request.bytes.size(), size);
  const auto stream = prepare(R"({"path": "/", "http2": true})", {xray, b3multi});
  ASSERT_EQ(stream->streams.at(0).context.size(), 4U);
  for (const ContextPlace& place : stream->streams[0].context)
    EXPECT_EQ(stream->streams[0].fields.at(place.at).value.size(), size_of(place.field));
  EXPECT_EQ(stream->streams[0].fields.at(stream->streams[0].context[0].at).name, "x-amzn-trace-id");
}

TEST(HttpScenario, LeavesTheContextOutWhenTheTargetSamples) {
  const auto scenario = prepare(R"({"path": "/"})", {});
  ASSERT_TRUE(scenario);
  EXPECT_EQ(scenario->requests.at(0).bytes,
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
            "User-Agent: tracetax/0.1\r\nAccept: */*\r\n\r\n");
  EXPECT_TRUE(scenario->requests.at(0).context.empty());
}

TEST(HttpScenario, NamesEveryMistakeAtOnce) {
  const auto scenario = prepare(R"({"metod": "GET", "expect": {"status": "20x"}})");
  ASSERT_FALSE(scenario);
  EXPECT_EQ(scenario.error().code, ExitCode::usage);
  const std::string& message = scenario.error().message;
  EXPECT_NE(message.find("scenarios.users"), std::string::npos) << message;
  EXPECT_NE(message.find("did you mean 'method'"), std::string::npos) << message;
  EXPECT_NE(message.find("path"), std::string::npos) << message;
  EXPECT_NE(message.find("'20x' is not like 200"), std::string::npos) << message;
}

TEST(HttpScenario, RefusesWhatWouldBreakTheWireFormat) {
  EXPECT_FALSE(prepare(R"({"path": "users"})"));
  EXPECT_FALSE(prepare(R"({"path": "/a b"})"));
  EXPECT_FALSE(prepare(R"({"path": "/", "method": "G ET"})"));
  EXPECT_FALSE(prepare(R"({"path": "/", "headers": {"A": "x\r\nB: y"}})"));
  const auto own = prepare(R"({"path": "/", "headers": {"traceparent": "mine"}})");
  ASSERT_FALSE(own);
  EXPECT_NE(own.error().message.find("--sampling"), std::string::npos) << own.error().message;
  const auto fixed = prepare(R"({"path": "/", "headers": {"X-B3-TraceId": "mine"}})");
  ASSERT_FALSE(fixed);
  EXPECT_NE(fixed.error().message.find("--context"), std::string::npos) << fixed.error().message;
  EXPECT_FALSE(prepare(R"({"path": "/", "headers": {"Content-Length": "3"}})"));
  EXPECT_FALSE(prepare(R"({"requests": []})"));
  EXPECT_FALSE(prepare(R"({"path": "/", "requests": [{"path": "/"}]})"));
}

TEST(HttpScenario, MakesAStreamForHttp2) {
  const auto scenario = prepare(
      R"({"path": "/users", "body": "hi", "http2": true, "headers": {"X-Id": "7", "Connection": "close", "Host": "h"}})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->protocol, Protocol::http2);
  const StreamTemplate& stream = scenario->streams.at(0);
  std::string fields;
  for (const HeaderField& field : stream.fields) fields += field.name + "=" + field.value + "\n";
  EXPECT_EQ(fields,
            ":method=POST\n:scheme=http\n:authority=h\n:path=/users\n"
            "traceparent=00-00000000000000000000000000000000-0000000000000000-00\n"
            "user-agent=tracetax/0.1\naccept=*/*\nx-id=7\ncontent-length=2\n");
  EXPECT_EQ(stream.context, (ContextPlaces{{ContextField::traceparent, 4}}));
  EXPECT_EQ(stream.messages, (std::vector<std::string>{"hi"}));
}

TEST(HttpScenario, ReadsTlsWithFilesFromTheSuitesFolder) {
  const auto scenario = prepare_http_scenario(
      {"users", "http",
       Json::parse(
           R"({"path": "/", "tls": {"ca": "ca.pem", "cert": "/me.pem", "server_name": "n"}})"),
       "/suites"},
      {kEndpoint});
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->tls, (TlsOptions{"/suites/ca.pem", "/me.pem", "", "n", false}));
  EXPECT_TRUE(prepare(R"({"path": "/", "tls": true})")->tls);
  EXPECT_FALSE(prepare(R"({"path": "/", "tls": false})")->tls);
  EXPECT_FALSE(prepare(R"({"path": "/", "tls": {"cafile": "x"}})"));
}

TEST(HttpUrl, SplitsHostPortAndPath) {
  const auto url = parse_url("http://localhost:9000/users?id=1#top");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->endpoint, (Endpoint{"localhost", 9000}));
  EXPECT_EQ(url->path, "/users?id=1");
  EXPECT_EQ(parse_url("http://h")->endpoint.port, 80);
  EXPECT_EQ(parse_url("http://h?x=1")->path, "/?x=1");
  EXPECT_EQ(parse_url("http://[::1]:81/")->endpoint, (Endpoint{"::1", 81}));
  EXPECT_EQ(parse_url("https://h/")->endpoint.port, 443);
  EXPECT_TRUE(parse_url("https://h/")->is_secure);
  EXPECT_TRUE(parse_url("grpc://h:5/p.S/M")->is_grpc);
  EXPECT_TRUE(parse_url("otlps://h")->is_secure);
  EXPECT_TRUE(parse_url("otlp://h")->is_grpc);
  EXPECT_EQ(parse_url("otlp://h")->endpoint.port, 4317);
  EXPECT_FALSE(parse_url("otlp+http://h")->is_grpc);
  EXPECT_EQ(parse_url("otlp+http://h")->endpoint.port, 4318);
  EXPECT_EQ(parse_url("otlp+http://h")->path, "/v1/traces");
  EXPECT_EQ(parse_url("otlp+https://h:1/in")->path, "/in");
  EXPECT_FALSE(parse_url("grpc://h:5/p.S/M")->is_secure);
  EXPECT_TRUE(parse_url("grpcs://h:5/p.S/M")->is_secure);
}

TEST(HttpUrl, SaysWhatIsWrong) {
  for (const char* wrong :
       {"localhost:80", "grpc://h/s/m", "http://", "http://:80/", "http://h:0/", "http://h:65536/",
        "http://h:8x/", "http://h:/", "http://[::1/", "http://u@h/", "http://h/a b", "ftp://h/"}) {
    const auto url = parse_url(wrong);
    ASSERT_FALSE(url) << wrong;
    EXPECT_NE(url.error().message.find("right is http://host:port/path"), std::string::npos)
        << url.error().message;
  }
}

TEST(StatusRange, ReadsTheThreeSpellings) {
  EXPECT_EQ(*parse_status_range("204"), (std::pair{204, 204}));
  EXPECT_EQ(*parse_status_range("2xx"), (std::pair{200, 299}));
  EXPECT_EQ(*parse_status_range("200-404"), (std::pair{200, 404}));
  for (const char* wrong : {"", "20", "6xx", "404-200", "99", "600", "2x0", "200-"}) {
    EXPECT_FALSE(parse_status_range(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace tracetax
