// Chains past their limits: what shedders and breakers answer, in each framework's own status, and
// that the handler is not reached then. In flight at once are requests that the handler makes
// itself, so no thread and no clock decides; how the algorithms move with time is in the stages'
// own tests.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "targets/request/exchange_fixture.h"
#include "targets/request/status.h"
#include "targets/service/shape_testing.h"

namespace tracetax {
namespace {

/// A framework whose application is the test's, on a machine that is as busy as the test says.
class BusyService {
 public:
  BusyService(std::string_view name, std::int64_t cpu_milli, std::int64_t max_conns = 10'000)
      : framework_(quiet_framework(name)) {
    tracer_ =
        Tracer::make(read_tracing_config({}).value(), std::make_unique<KeepingExporter>(spans_))
            .value();
    StageSpecs specs(stages_of(framework_).begin(), stages_of(framework_).end());
    for (StageSpec& spec : specs) {
      if (auto* shed = std::get_if<ShedGozeroSpec>(&spec)) shed->cpu = [=] { return cpu_milli; };
      if (auto* shed = std::get_if<ShedKratosSpec>(&spec)) shed->cpu = [=] { return cpu_milli; };
      if (auto* latch = std::get_if<LatchSpec>(&spec)) latch->limit = max_conns;
      // A slow day must not run into it.
      if (auto* timeout = std::get_if<TimeoutSpec>(&spec)) timeout->deadline = Nanos(0);
    }
    std::vector<StagePointer> stages = build_chain(specs, {}, *tracer_).take();
    stages.pop_back();
    stages.push_back(std::make_unique<FunctionStage>([this](Exchange& exchange) {
      ++reached;
      exchange.status = answers;
      if (deeper-- > 0) keep(ask());
    }));
    chain_.emplace(std::move(stages));
  }

  /// Of the requests made at once the worst is kept.
  void keep(unsigned status) { inner = std::max(inner, status); }
  unsigned ask(std::string_view body = "") {
    const SampleRequest request(framework_);
    Exchange exchange = request.exchange();
    if (!body.empty()) exchange.body = body;
    chain_->handle(exchange);
    return exchange.status;
  }
  /// So many requests at once, each made while the one before is handled; the worst status.
  unsigned ask_at_once(int count) {
    deeper = count - 1;
    inner = 0;
    const unsigned outer = ask();
    return count == 1 ? outer : inner;
  }
  const std::vector<otlp::Span>& spans() {
    EXPECT_TRUE(tracer_->force_flush(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
    return spans_;
  }

  unsigned answers = 200;
  int reached = 0;
  int deeper = 0;
  unsigned inner = 0;  // the worst status of those that the handler asked for

 private:
  Framework framework_;
  std::vector<otlp::Span> spans_;
  std::unique_ptr<Tracer> tracer_;
  std::optional<Chain> chain_;
};

/// The spans' own statuses, errors only.
std::size_t errors_in(const std::vector<otlp::Span>& spans) {
  const auto failed = [](const otlp::Span& span) {
    return span.status().code() == otlp::Status::STATUS_CODE_ERROR;
  };
  return static_cast<std::size_t>(std::ranges::count_if(spans, failed));
}

struct Case {
  const char* target;
  unsigned status;
  int grpc_code;  // what it is over gRPC
};

// Many at once first, so that go-zero's average of requests in flight rises above what is allowed.
TEST(Overload, ShedsOnABusyMachineWithTheFrameworksStatus) {
  for (const Case& one : {Case{"gozero-rest", 503, 14}, Case{"gozero-zrpc", kOverloaded, 8},
                          Case{"kratos-http", 429, 8}, Case{"kratos-grpc", 429, 8}}) {
    SCOPED_TRACE(one.target);
    BusyService busy(one.target, 1000);
    busy.ask_at_once(40);
    const int before = busy.reached;
    for (int i = 0; i < 20 && busy.inner != one.status; ++i) busy.ask_at_once(10);
    EXPECT_EQ(busy.inner, one.status);
    EXPECT_LT(busy.reached - before, 10 * 20);
    EXPECT_EQ(grpc_code_of(one.status), one.grpc_code);
    EXPECT_GT(errors_in(busy.spans()), 0U);
  }
}

TEST(Overload, NothingIsShedOnAnIdleMachineHoweverManyAreInFlight) {
  for (const char* name : {"gozero-rest", "gozero-zrpc", "kratos-http", "kratos-grpc"}) {
    BusyService idle(name, 100);
    for (int i = 0; i < 20; ++i) idle.ask_at_once(40);
    EXPECT_EQ(idle.reached, 20 * 40) << name;
    EXPECT_EQ(errors_in(idle.spans()), 0U);
  }
}

TEST(Overload, CpuThresholdZeroShedsNothingOnABusyMachine) {
  BusyService busy("gozero-rest-cpu0", 1000);
  for (int i = 0; i < 20; ++i) busy.ask_at_once(40);
  EXPECT_EQ(busy.reached, 20 * 40);
}

TEST(Overload, ABreakerOpensOnFailuresAndSpansSayWhy) {
  for (const char* name : {"gozero-rest-cpu0", "gozero-zrpc"}) {
    SCOPED_TRACE(name);
    BusyService failing(name, 100);
    failing.answers = 500;
    int asked = 0;
    while (failing.reached == asked && asked < 100'000) {
      failing.ask();
      ++asked;
    }
    EXPECT_LT(failing.reached, asked);
    EXPECT_EQ(errors_in(failing.spans()), static_cast<std::size_t>(asked));
    const bool rest = std::string_view(name) == "gozero-rest-cpu0";
    EXPECT_EQ(
        attribute_of(failing.spans().back(), rest ? "http.status_code" : "rpc.grpc.status_code"),
        rest ? "503" : "14");
  }
}

TEST(Overload, MoreRequestsAtOnceThanMaxConnsAreRefused) {
  BusyService service("gozero-rest", 0, /*max_conns=*/3);
  EXPECT_EQ(service.ask_at_once(3), 200U);
  EXPECT_EQ(service.ask_at_once(4), 503U);
  EXPECT_EQ(service.reached, 6) << "the fourth did not get to the handler";
  EXPECT_EQ(service.ask_at_once(3), 200U) << "those before have left";
}

TEST(Overload, MaxConnsIsTenThousandByDefault) {
  std::int64_t limit = 0;
  const Framework framework = quiet_framework("gozero-rest");
  for (const StageSpec& spec : stages_of(framework)) {
    if (const auto* latch = std::get_if<LatchSpec>(&spec)) limit = latch->limit;
  }
  EXPECT_EQ(limit, 10'000);
  Latch latch(limit);
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(latch.try_enter()) << i;
  EXPECT_FALSE(latch.try_enter()) << "the 10001st";
}

TEST(Overload, ABodyOfOneMebibyteIsTakenAndOneByteMoreIsNot) {
  BusyService service("gozero-rest", 0);
  const auto json_of = [](std::size_t size) {
    std::string text = R"({"name":")";
    text.append(size - text.size() - 2, 'x');
    return text + R"("})";
  };
  EXPECT_EQ(service.ask(json_of(1024 * 1024)), 200U);
  EXPECT_EQ(service.ask(json_of(1024 * 1024 + 1)), 413U);
  EXPECT_EQ(service.reached, 1);
}

}  // namespace
}  // namespace tracetax
