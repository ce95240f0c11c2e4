// The small stages, each in a chain with a handler made up for the test.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <stdexcept>
#include <thread>

#include "targets/request/exchange_fixture.h"
#include "targets/stages/application/users.h"
#include "targets/stages/application/work.h"
#include "targets/stages/flow/recover.h"
#include "targets/stages/logs/text_log.h"
#include "targets/stages/metrics/metric.h"
#include "targets/stages/route/route.h"

namespace tracetax {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

void ignore(Exchange&) {}

TEST(Recover, AnExceptionBecomesA500) {
  ExchangeFixture f;
  f.exchange.answer = "half an ans";
  chain_of(make_stage(RecoverSpec{}), [](Exchange&) {
    throw std::runtime_error("oops");
  }).handle(f.exchange);
  EXPECT_EQ(f.exchange.status, 500U);
  EXPECT_EQ(f.exchange.answer, "");
}

TEST(TextLog, FormatsDurationsAsGoDoes) {
  EXPECT_EQ(format_go_duration(nanoseconds(0)), "0ns");
  EXPECT_EQ(format_go_duration(nanoseconds(999)), "999ns");
  EXPECT_EQ(format_go_duration(microseconds(1)), "1µs");
  EXPECT_EQ(format_go_duration(nanoseconds(12'345)), "12.345µs");
  EXPECT_EQ(format_go_duration(nanoseconds(12'005)), "12.005µs");
  EXPECT_EQ(format_go_duration(nanoseconds(1'500'000)), "1.5ms");
  EXPECT_EQ(format_go_duration(nanoseconds(2'000'000'001)), "2.000000001s");
}

TEST(TextLog, LineIsGinsLine) {
  ExchangeFixture f;
  f.exchange.query = "q=1";
  std::tm local{};
  local.tm_year = 126;
  local.tm_mon = 7;
  local.tm_mday = 1;
  local.tm_hour = 12;
  local.tm_isdst = -1;
  EXPECT_EQ(format_gin_line(f.exchange, mktime(&local), nanoseconds(12'345)),
            "[GIN] 2026/08/01 - 12:00:00 | 200 |      12.345µs |       127.0.0.1 | GET      "
            "\"/users/42?q=1\"\n");
}

TEST(TextLog, PathCannotForgeALine) {
  ExchangeFixture f;
  f.exchange.path = "/a\n[GIN] \"\x1b";
  const auto line = format_gin_line(f.exchange, 0, nanoseconds(1));
  EXPECT_TRUE(line.ends_with("\"/a\\x0a[GIN] \\\"\\x1b\"\n")) << line;
}

TEST(TextLog, WritesOneLinePerRequestAfterTheHandler) {
  int pipe_fds[2];
  ASSERT_EQ(pipe2(pipe_fds, O_NONBLOCK), 0);
  ExchangeFixture f;
  chain_of(make_stage(TextLogSpec{.fd = pipe_fds[1]}), [](Exchange& e) {
    e.status = 201;
  }).handle(f.exchange);
  char text[256];
  const ssize_t size = read(pipe_fds[0], text, sizeof text);
  ASSERT_GT(size, 0);
  const std::string line(text, static_cast<std::size_t>(size));
  EXPECT_NE(line.find("| 201 |"), std::string::npos) << line;
  EXPECT_TRUE(line.ends_with('\n'));
  close(pipe_fds[0]);
  close(pipe_fds[1]);
}

// What a recording instrument keeps; the metric stage makes its instruments by a plain function.
struct Recorded {
  double value;
  Attributes set;
};
std::vector<Recorded> recorded;
class KeepingInstrument final : public Instrument {
 public:
  void record(double value, const AttributeSet& set) override {
    recorded.push_back({value, set.all()});
  }
  std::string_view describe() const override { return "kept by the test"; }
};

TEST(Metric, RecordsThreeValuesWithOneSortedSet) {
  recorded.clear();
  ExchangeFixture f;
  f.exchange.body = "12345";
  const auto make =
      +[]() -> std::unique_ptr<Instrument> { return std::make_unique<KeepingInstrument>(); };
  chain_of(make_stage(MetricSpec{}, make), [](Exchange& e) {
    e.answer = "123";
  }).handle(f.exchange);
  ASSERT_EQ(recorded.size(), 3U);
  EXPECT_DOUBLE_EQ(recorded[0].value, 5);
  EXPECT_DOUBLE_EQ(recorded[1].value, 3);
  EXPECT_GE(recorded[2].value, 0);
  std::vector<std::string_view> keys;
  for (const Attribute& attribute : recorded[0].set) keys.push_back(attribute.key);
  EXPECT_EQ(keys, (std::vector<std::string_view>{"http.request.method", "http.response.status_code",
                                                 "network.protocol.version", "server.address",
                                                 "server.port", "url.scheme"}));
}

TEST(Metric, RecordsWhatTheSpecNames) {
  recorded.clear();
  ExchangeFixture f;
  const MetricSpec hertz{.records = {Measurement::count, Measurement::duration},
                         .set = {{"http.response.status_code", ExchangeValue::status_code}}};
  const auto make =
      +[]() -> std::unique_ptr<Instrument> { return std::make_unique<KeepingInstrument>(); };
  const auto chain = chain_of(make_stage(hertz, make), ignore);
  chain.handle(f.exchange);
  ASSERT_EQ(recorded.size(), 2U);
  EXPECT_DOUBLE_EQ(recorded[0].value, 1);
  EXPECT_EQ(recorded[0].set, (Attributes{{"http.response.status_code", std::int64_t{200}}}));
  EXPECT_EQ(chain.stages()[0]->describe(),
            "metric: one attribute set of up to 1, 2 records: count, duration; kept by the test");
}

TEST(Metric, SetKeepsTheLastValueOfAKey) {
  const AttributeSet set(
      Attributes{{"b", std::int64_t{1}}, {"a", std::int64_t{2}}, {"b", std::int64_t{3}}});
  EXPECT_EQ(set.all(), (Attributes{{"a", std::int64_t{2}}, {"b", std::int64_t{3}}}));
  EXPECT_EQ(set.hash(), AttributeSet(set.all()).hash());
  EXPECT_NE(set.hash(), AttributeSet(Attributes{{"a", std::int64_t{2}}, {"b", true}}).hash());
}

TEST(Route, UnknownPathIs404AndTheChainGoesOn) {
  ExchangeFixture f;
  f.exchange.path = "/nope";
  bool reached = false;
  chain_of(make_stage(RouteSpec{}), [&](Exchange&) { reached = true; }).handle(f.exchange);
  EXPECT_EQ(f.exchange.status, 404U);
  EXPECT_TRUE(reached);
}

TEST(Route, WrongMethodIs405WhereTheFrameworkTellsIt) {
  const RouteSpec go{
      .router = RouterKind::segments, .style = ParamStyle::braces, .tells_wrong_method = true};
  ExchangeFixture f;
  f.exchange.method = "DELETE";
  chain_of(make_stage(go), ignore).handle(f.exchange);
  EXPECT_EQ(f.exchange.status, 405U);
  EXPECT_EQ(f.exchange.allow, "GET, HEAD");
  ExchangeFixture gin;
  gin.exchange.method = "DELETE";
  chain_of(make_stage(RouteSpec{}), ignore).handle(gin.exchange);
  EXPECT_EQ(gin.exchange.status, 404U);
}

double cpu_us_of(const Chain& chain, const std::string& traceparent) {
  ExchangeFixture f;
  if (!traceparent.empty()) f.headers.set("traceparent", traceparent);
  std::timespec before{};
  std::timespec after{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
  chain.handle(f.exchange);
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
  return static_cast<double>(after.tv_sec - before.tv_sec) * 1e6 +
         static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e3;
}

// Lower bounds only: how much longer it takes is the machine's business.
TEST(Work, BurnsCpuForSampledRequests) {
  const auto chain = chain_of(make_stage(WorkSpec{.per_sampled = milliseconds(5)}), ignore);
  const std::string ids = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";
  EXPECT_GE(cpu_us_of(chain, ids + "01"), 5000);
  EXPECT_LT(cpu_us_of(chain, ids + "00"), 5000);
  EXPECT_LT(cpu_us_of(chain, ""), 5000);
}

std::chrono::nanoseconds process_cpu() {
  std::timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// The process pays, and not the thread of the request: that one is done long before.
TEST(Work, BurnsCpuBesideSampledRequests) {
  const auto chain = chain_of(make_stage(WorkSpec{.beside_sampled = milliseconds(50)}), ignore);
  const std::string ids = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";
  EXPECT_LT(cpu_us_of(chain, ids + "00"), 20'000);
  const auto before = process_cpu();
  double own_us = 0;
  for (int i = 0; i < 4; ++i) own_us += cpu_us_of(chain, ids + "01");
  EXPECT_LT(own_us, 100'000);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (process_cpu() - before < milliseconds(200) && std::chrono::steady_clock::now() < limit) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_GE(process_cpu() - before, milliseconds(200));
}

TEST(Work, BurnsCpuForEveryRequest) {
  const auto chain = chain_of(make_stage(WorkSpec{.per_request = milliseconds(2)}), ignore);
  EXPECT_GE(cpu_us_of(chain, ""), 2000);
}

void handle_users(ExchangeFixture& f) {
  std::vector<StagePointer> stages;
  stages.push_back(make_stage(RouteSpec{}));
  stages.push_back(make_stage(UsersSpec{}));
  Chain(std::move(stages)).handle(f.exchange);
}

TEST(Users, GetAnswersTheUserOfTheId) {
  ExchangeFixture f;
  handle_users(f);
  EXPECT_EQ(f.exchange.status, 200U);
  EXPECT_EQ(f.exchange.answer, R"({"id":42,"name":"user-42","email":"user-42@example.com",)"
                               R"("created_at":"2024-01-01T00:00:00Z"})");
}

TEST(Users, GetRefusesIdsThatAreNoNumbers) {
  for (const char* path : {"/users/x", "/users/-1", "/users/4 2", "/users/99999999999999999999"}) {
    ExchangeFixture f;
    f.exchange.path = path;
    handle_users(f);
    EXPECT_EQ(f.exchange.status, 400U) << path;
  }
}

TEST(Users, PostEchoesTheUserWithAnId) {
  ExchangeFixture f;
  f.exchange.method = "POST";
  f.exchange.path = "/users";
  f.exchange.body = R"({"name":"Ann","email":"a@b"})";
  handle_users(f);
  EXPECT_EQ(f.exchange.status, 201U);
  User user;
  ASSERT_TRUE(decode_json(f.exchange.answer, user_fields(), user));
  EXPECT_EQ(user.name, "Ann");
  EXPECT_EQ(user.id, 1);
}

TEST(Users, PostRefusesWhatIsNotAUser) {
  for (const char* body : {"", "{", "[]", "{}", R"({"name":""})", R"({"name":5})"}) {
    ExchangeFixture f;
    f.exchange.method = "POST";
    f.exchange.path = "/users";
    f.exchange.body = body;
    handle_users(f);
    EXPECT_EQ(f.exchange.status, 400U) << body;
    EXPECT_TRUE(f.exchange.answer.starts_with(R"({"error":")")) << f.exchange.answer;
  }
}

}  // namespace
}  // namespace tracetax
