// The access logs of go-zero, zRPC and kratos: what a line holds, and that there is one write per
// request.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "targets/request/exchange_fixture.h"
#include "targets/stages/logs/json_line.h"
#include "targets/stages/logs/json_log.h"
#include "targets/stages/logs/key_value_log.h"
#include "targets/stages/logs/rpc_log.h"

namespace tracetax {
namespace {

using Json = nlohmann::json;

/// The packets of a pipe keep writes apart.
class PacketPipe {
 public:
  PacketPipe() { opened_ = pipe2(fds_, O_NONBLOCK | O_DIRECT) == 0; }
  PacketPipe(const PacketPipe&) = delete;
  PacketPipe& operator=(const PacketPipe&) = delete;
  ~PacketPipe() {
    close(fds_[0]);
    close(fds_[1]);
  }
  [[nodiscard]] int writer() const { return fds_[1]; }
  /// One write, empty if there is none.
  std::string read_one() {
    std::string text(4096, '\0');
    const ssize_t size = opened_ ? read(fds_[0], text.data(), text.size()) : 0;
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }

 private:
  int fds_[2] = {-1, -1};
  bool opened_ = false;
};

TraceContext example_trace() {
  return *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
}

TEST(JsonLine, HasGoZerosKeysInOrder) {
  std::string line;
  append_json_line({.time = std::chrono::system_clock::time_point(std::chrono::milliseconds(7)),
                    .caller = "a.go:1",
                    .content = "x <\n",
                    .duration = std::chrono::microseconds(1260),
                    .level = "info",
                    .trace = example_trace()},
                   line);
  EXPECT_NE(line.find(".007"), std::string::npos) << line;
  EXPECT_TRUE(
      line.ends_with(R"(,"caller":"a.go:1","content":"x <\n","duration":"1.3ms","level":"info",)"
                     R"("span":"00f067aa0ba902b7","trace":"4bf92f3577b34da6a3ce929d0e0e4736"})"
                     "\n"))
      << line;
}

TEST(JsonLine, LeavesOutWhatIsNotThere) {
  std::string line;
  append_json_line(
      {.time = {}, .caller = "c", .content = "", .duration = {}, .level = "stat", .trace = {}},
      line);
  const Json json = Json::parse(line);
  EXPECT_EQ(json.size(), 4U);
  EXPECT_FALSE(json.contains("trace"));
}

TEST(JsonLog, OneLineTellsTheRequest) {
  PacketPipe pipe;
  ExchangeFixture f;
  f.exchange.query = "a=1";
  f.exchange.trace = example_trace();
  chain_of(make_stage(JsonLogSpec{.fd = pipe.writer()}), [](Exchange& e) {
    e.status = 404;
  }).handle(f.exchange);
  const Json line = Json::parse(pipe.read_one());
  EXPECT_EQ(line["content"], "[HTTP] 404 - GET /users/42?a=1 - 127.0.0.1:54321 - loadgen/1.0");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["trace"], "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_TRUE(line["duration"].get<std::string>().ends_with("ms"));
  EXPECT_EQ(pipe.read_one(), "");
}

TEST(JsonLog, AFailureDumpsTheRequestWithinItsLimit) {
  PacketPipe pipe;
  const std::string body(5000, 'b');
  ExchangeFixture f;
  f.exchange.body = body;
  chain_of(make_stage(JsonLogSpec{.fd = pipe.writer()}), [](Exchange& e) {
    e.status = 500;
    e.body = {};  // read by the handler: the log has its copy
  }).handle(f.exchange);
  const Json line = Json::parse(pipe.read_one());
  EXPECT_EQ(line["level"], "error");
  const auto content = line["content"].get<std::string>();
  const std::size_t dump = content.find("\nGET /users/42 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n");
  ASSERT_NE(dump, std::string::npos) << content;
  EXPECT_EQ(content.size() - dump - 1, 1024U);
  EXPECT_NE(content.find("\r\n\r\nbbb"), std::string::npos);
}

TEST(RpcLog, HoldsTheRequestAsJson) {
  PacketPipe pipe;
  ExchangeFixture f;
  f.exchange.path = "/bench.v1.Bench/Echo";
  f.exchange.request = Echo{"say \"hi\""};
  chain_of(make_stage(RpcLogSpec{.fd = pipe.writer()}), [](Exchange&) {}).handle(f.exchange);
  const Json line = Json::parse(pipe.read_one());
  EXPECT_EQ(line["content"], R"(127.0.0.1:54321 - /bench.v1.Bench/Echo - {"text":"say \"hi\""})");
  EXPECT_EQ(pipe.read_one(), "");
}

TEST(KeyValueLog, LineIsKratos) {
  ExchangeFixture f;
  f.exchange.operation = "/bench.v1.Bench/GetUser";
  f.exchange.trace = example_trace();
  User user;
  user.id = 42;
  user.name = "a\"\nb";
  f.exchange.request = user;
  const std::string line =
      format_key_value_line(f.exchange, {}, {}, std::chrono::microseconds(1500));
  EXPECT_TRUE(line.starts_with("INFO ts=1970-01-01T") || line.starts_with("INFO ts=1969-12-31T"))
      << line;
  EXPECT_TRUE(line.ends_with(
      " caller=logging/logging.go:47 service.id= service.name=bench service.version= "
      "trace.id=4bf92f3577b34da6a3ce929d0e0e4736 span.id=00f067aa0ba902b7 kind=server "
      "component=http "
      "operation=/bench.v1.Bench/GetUser args=id:42 name:\"a\\\"\\nb\" code=200 reason= stack= "
      "latency=0.0015\n"))
      << line;
}

TEST(KeyValueLog, FailuresAreErrorsAndCannotForgeALine) {
  PacketPipe pipe;
  ExchangeFixture f;
  f.exchange.path = "/a\nINFO x";
  chain_of(make_stage(KeyValueLogSpec{.fd = pipe.writer()}), [](Exchange& e) {
    e.status = 404;
    e.answer = "no\r\nINFO";
  }).handle(f.exchange);
  const std::string line = pipe.read_one();
  EXPECT_TRUE(line.starts_with("ERROR ")) << line;
  EXPECT_NE(
      line.find("operation=/a\\x0aINFO x args= code=404 reason=NOT_FOUND stack=no\\x0d\\x0aINFO"),
      std::string::npos)
      << line;
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
}

}  // namespace
}  // namespace tracetax
