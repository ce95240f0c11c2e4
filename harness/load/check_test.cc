// The one unhurried request that every measurement starts with.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/load/engine.h"
#include "harness/load/testing.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::Peer;
using testing::ScriptedServer;
using testing::simple_scenario;

Result<CheckedAnswer> check(const ScriptedServer& server, const std::string& body_contains = "") {
  PreparedScenario scenario = simple_scenario(server.endpoint());
  scenario.body_contains = body_contains;
  return check_once(server.endpoint(), scenario, 200ms);
}

void expect_error(const ScriptedServer::Script& script, const std::string& words,
                  const std::string& body_contains = "") {
  ScriptedServer server{script};
  const auto checked = check(server, body_contains);
  ASSERT_FALSE(checked) << words;
  EXPECT_EQ(checked.error().code, ExitCode::invalid);
  EXPECT_NE(checked.error().message.find(words), std::string::npos) << checked.error().message;
  EXPECT_NE(checked.error().message.find("127.0.0.1:"), std::string::npos)
      << checked.error().message;
}

TEST(CheckOnce, GivesTheAnswerAsAWhole) {
  ScriptedServer server{testing::always(answer("hello world", "202 Accepted"))};
  const auto checked = check(server, "world");
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->status, 202);
  EXPECT_EQ(checked->body, "hello world");
  EXPECT_EQ(checked->body_sha256_prefix, "b94d27b9934d3e08");
}

TEST(CheckOnce, SendsAnUnsampledContext) {
  std::string request;
  {
    ScriptedServer server{[&](Peer& peer) {
      request = peer.read_request().value_or("");
      peer.send(answer(""));
    }};
    ASSERT_TRUE(check(server));
  }
  const auto at = request.find("traceparent: ");
  ASSERT_NE(at, std::string::npos);
  const auto context =
      parse_traceparent(std::string_view{request}.substr(at + 13, kTraceparentSize));
  ASSERT_TRUE(context);
  EXPECT_FALSE(context->sampled());
}

TEST(CheckOnce, TakesAnAnswerThatEndsWithTheStream) {
  ScriptedServer server{[](Peer& peer) {
    if (peer.read_request()) peer.send_and_close("HTTP/1.0 200 OK\r\n\r\nold school");
  }};
  const auto checked = check(server);
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->body, "old school");
}

TEST(CheckOnce, TellsThatTheScenariosOwnCheckRefused) {
  ScriptedServer server{testing::always(answer("hello"))};
  PreparedScenario scenario = simple_scenario(server.endpoint());
  scenario.check = [](std::uint64_t, int, std::string_view) { return false; };
  const auto checked = check_once(server.endpoint(), scenario, 5s);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("wrong_answer"), std::string::npos)
      << checked.error().message;
  EXPECT_NE(checked.error().message.find("begins with 'hello'"), std::string::npos)
      << checked.error().message;
}

TEST(CheckOnce, SendsALargeBody) {
  ScriptedServer server{testing::always(answer("x"))};
  const auto scenario = simple_scenario(server.endpoint(), "POST", std::string(5'000'000, 'b'));
  EXPECT_TRUE(check_once(server.endpoint(), scenario, 5s));
}

TEST(CheckOnce, SaysWhatCameInstead) {
  expect_error(testing::always(answer("no such user", "404 Not Found")),
               "answered status 404, expected 200-299");
  expect_error(testing::always(answer("hello")), "does not contain 'world'; it begins with 'hello'",
               "world");
  expect_error(testing::always("220 smtp.example.org ESMTP\r\n\r\n"),
               "not HTTP/1.1; it begins with '220 smtp");
  const std::string head = "HTTP/1.1 200 OK\r\n";
  expect_error(testing::always(head + "X: " + std::string(1'000'000, 'x')),
               "the answer is malformed: its header is longer than 64 KiB");
  expect_error(testing::always(head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
               "malformed: it has two different Content-Length headers");
  expect_error(testing::always(head + "Content-Length: -1\r\n\r\n"),
               "malformed: its Content-Length is negative");
  expect_error(testing::always(head + "X: folded\r\n over two lines\r\n\r\n"),
               "malformed: a header line is folded");
  expect_error(testing::always("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
               "malformed: it is a 101 to another protocol, which nobody asked for");
  expect_error(testing::always(answer("hello") + "and more"),
               "behind the whole answer stand more bytes: 'and more'");
  expect_error(testing::always(head + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n"),
               "malformed: a chunk is longer than its size");
  expect_error([](Peer& peer) { peer.close(); }, "");
  expect_error([](Peer& peer) { static_cast<void>(peer.read_request()); },
               "closed without a whole answer");
  expect_error([](Peer& peer) { peer.wait_for_end(); }, "no whole answer came in time");
}

TEST(CheckOnce, AClosedPortIsAnError) {
  Endpoint endpoint;
  {
    ScriptedServer gone{testing::always("")};
    endpoint = gone.endpoint();
  }
  const auto checked = check_once(endpoint, simple_scenario(endpoint), 200ms);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("Connection refused"), std::string::npos)
      << checked.error().message;
}

}  // namespace
}  // namespace tracetax
