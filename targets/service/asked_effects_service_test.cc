// What HTTP targets do that are asked by a query to fail, to be slow, to leave a late span.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "targets/service/testing.h"
#include "targets/stages/client/blocking_connection.h"
#include "targets/stages/client/call_wire.h"

namespace tracetax {
namespace {

constexpr std::array kHttpTargets{"echo", "gin", "gozero-rest", "hertz", "kratos-http", "nethttp"};

/// The status of the answer to GET /users/42 with this query, by a caller that samples.
unsigned status_of(std::uint16_t port, std::string_view query) {
  Exchange exchange;
  exchange.status = 0;
  const auto connection = BlockingConnection::connect({"127.0.0.1", port}).value();
  EXPECT_TRUE(connection->send(
      fmt::format("GET /users/42{} HTTP/1.1\r\nHost: x\r\ntraceparent: "
                  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n",
                  query)));
  std::string bytes;
  std::size_t least = 0;
  while (connection->receive(bytes)) {
    if (read_http_answer(bytes, false, exchange, least) != CallFormat::Read::need_more) break;
  }
  return exchange.status;
}

double milliseconds_of(const otlp::Span& span) {
  return static_cast<double>(span.end_time_unix_nano() - span.start_time_unix_nano()) / 1e6;
}

TEST(AskedEffects, FailIs500AndAnErrorOfTheServerSpanInEveryHttpTarget) {
  for (const char* name : kHttpTargets) {
    RunningService target(name);
    EXPECT_EQ(status_of(target.port(), "?fail=1"), 500U) << name;
    EXPECT_EQ(status_of(target.port(), "?priority=high"), 200U) << name;
    const auto& spans = target.stop();
    ASSERT_EQ(spans.size(), 2U) << name;
    EXPECT_EQ(spans[0].status().code(), otlp::Status::STATUS_CODE_ERROR) << name;
    EXPECT_NE(spans[1].status().code(), otlp::Status::STATUS_CODE_ERROR) << name;
    EXPECT_EQ(attribute_of(spans[0], "request.priority"), "(none)");
    EXPECT_EQ(attribute_of(spans[1], "request.priority"), "high") << name;
  }
}

TEST(AskedEffects, FailIs500WithoutInstrumentationToo) {
  RunningService target("gin", {}, {{"TRACETAX_STATE", "absent"}});
  EXPECT_EQ(status_of(target.port(), "?fail=1"), 500U);
  EXPECT_EQ(status_of(target.port(), "?late=1ms&slow=1ms"), 200U);
  EXPECT_TRUE(target.stop().empty());
}

TEST(AskedEffects, SlowIsTheServerSpansOwnTimeInEveryHttpTarget) {
  for (const char* name : kHttpTargets) {
    RunningService target(name);
    EXPECT_EQ(status_of(target.port(), "?slow=30ms"), 200U) << name;
    const auto& spans = target.stop();
    ASSERT_EQ(spans.size(), 1U) << name;
    EXPECT_GE(milliseconds_of(spans[0]), 30) << name;
  }
}

TEST(AskedEffects, SlowHoldsUpItsOwnConnectionOnly) {
  RunningService target("gin", {.threads = 1});
  std::atomic<bool> slow_is_done = false;
  std::jthread slow([&] {
    EXPECT_EQ(status_of(target.port(), "?slow=3s"), 200U);
    slow_is_done = true;
  });
  for (int i = 0; i < 2'000 && target.counts().started == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(status_of(target.port(), ""), 200U);
  EXPECT_FALSE(slow_is_done);
}

TEST(AskedEffects, LateIsAChildThatEndsLongAfterTheAnswer) {
  for (const char* name : kHttpTargets) {
    RunningService target(name);
    EXPECT_EQ(status_of(target.port(), "?late=50ms"), 200U) << name;
    for (int i = 0; i < 10'000 && target.counts().ended < 2; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto& spans = target.stop();
    ASSERT_EQ(spans.size(), 2U) << name;
    EXPECT_EQ(spans[1].name(), "late") << name;
    EXPECT_EQ(spans[1].kind(), otlp::Span::SPAN_KIND_INTERNAL);
    EXPECT_EQ(spans[1].parent_span_id(), spans[0].span_id());
    EXPECT_EQ(spans[1].trace_id(), spans[0].trace_id());
    EXPECT_GE(milliseconds_of(spans[1]), 50);
  }
}

TEST(AskedEffects, OfNoMeaningAreA400) {
  RunningService target("gin");
  EXPECT_EQ(status_of(target.port(), "?slow=20"), 400U);
  EXPECT_EQ(status_of(target.port(), "?slowly=20"), 200U);
}

}  // namespace
}  // namespace tracetax
