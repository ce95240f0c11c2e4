// The metrics that frameworks keep themselves: label series, go-zero's task list, histograms per
// attribute set, kitex's call metric, channelz' counters and tars' stat report.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "targets/request/exchange_fixture.h"
#include "targets/stages/logs/stat_report.h"
#include "targets/stages/metrics/call_counters.h"
#include "targets/stages/metrics/call_metric.h"
#include "targets/stages/metrics/histogram_instrument.h"
#include "targets/stages/metrics/label_histogram.h"
#include "targets/stages/metrics/label_metric.h"
#include "targets/stages/metrics/task_metric.h"

namespace tracetax {
namespace {

using std::chrono::milliseconds;
using Labels = std::array<std::string_view, 2>;

TEST(LabelHistogram, CountsInTheBucketOfTheUpperBound) {
  LabelHistogram histogram({1, 10});
  for (const double value : {0.5, 1.0, 1.5, 10.0, 11.0}) histogram.observe(Labels{"a", "b"}, value);
  const auto series = histogram.series();
  ASSERT_EQ(series.size(), 1U);
  EXPECT_EQ(series[0]->values(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(series[0]->count(0), 2U);
  EXPECT_EQ(series[0]->count(1), 2U);
  EXPECT_EQ(series[0]->count(2), 1U);
  EXPECT_DOUBLE_EQ(series[0]->sum(), 24);
}

TEST(LabelHistogram, KeepsLabelValuesApart) {
  LabelHistogram counter({});
  counter.observe(Labels{"ab", "c"}, 1);
  counter.observe(Labels{"a", "bc"}, 1);
  counter.observe(Labels{"ab", "c"}, 1);
  std::vector<std::uint64_t> counts;
  for (const auto* series : counter.series()) counts.push_back(series->count(0));
  std::ranges::sort(counts);
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{1, 2}));
}

TEST(LabelHistogram, HasAnEndToItsSeries) {
  LabelHistogram counter({});
  for (std::size_t i = 0; i < LabelHistogram::kSeriesMax + 5; ++i) {
    const std::string label = std::to_string(i);
    counter.observe(Labels{label, ""}, 1);
  }
  EXPECT_EQ(counter.series().size(), LabelHistogram::kSeriesMax);
  EXPECT_EQ(counter.refused(), 5U);
}

TEST(LabelHistogram, LosesNothingBetweenThreads) {
  LabelHistogram histogram({1});
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5000; ++i)
          histogram.observe(Labels{i % 2 == 0 ? "even" : "odd", ""}, 2);
      });
    }
  }
  ASSERT_EQ(histogram.series().size(), 2U);
  for (const auto* series : histogram.series()) {
    EXPECT_EQ(series->count(1), 10'000U);
    EXPECT_DOUBLE_EQ(series->sum(), 20'000);
  }
}

TEST(LabelMetric, DescribesItsLabels) {
  EXPECT_EQ(make_stage(LabelMetricSpec{})->describe(),
            "metric: histogram of 10 buckets and counter by path method code");
  ExchangeFixture f;
  chain_of(make_stage(LabelMetricSpec{}), [](Exchange& e) { e.status = 418; }).handle(f.exchange);
  EXPECT_EQ(f.exchange.status, 418U);
}

TEST(TaskList, GivesWhatWasAddedAndStartsAgain) {
  TaskList list(2);
  for (const int ms : {1, 2, 3}) list.add(milliseconds(ms));
  auto tasks = list.take();
  EXPECT_EQ(tasks.durations, (std::vector<TaskList::Duration>{milliseconds(1), milliseconds(2)}));
  EXPECT_EQ(tasks.total, milliseconds(6));
  EXPECT_EQ(tasks.refused, 1U);
  EXPECT_TRUE(list.take().durations.empty());
}

std::string report_of(int count) {
  TaskList list;
  for (int ms = count; ms > 0; --ms) list.add(milliseconds(ms));
  return format_task_report("t", list.take(), std::chrono::seconds(10));
}

TEST(TaskReport, PercentilesAreTheSmallestOfTheSlowest) {
  EXPECT_EQ(report_of(0),
            "(t) - qps: 0.0/s, drops: 0, avg time: 0.0ms, med: 0.0ms, 90th: 0.0ms, 99th: 0.0ms, "
            "99.9th: 0.0ms");
  EXPECT_EQ(report_of(1),
            "(t) - qps: 0.1/s, drops: 0, avg time: 1.0ms, med: 1.0ms, 90th: 1.0ms, 99th: 1.0ms, "
            "99.9th: 1.0ms");
  // Of 2000: the smallest of the slowest 1000, 200, 20 and 2.
  EXPECT_EQ(report_of(2000),
            "(t) - qps: 200.0/s, drops: 0, avg time: 1000.5ms, med: 1001.0ms, 90th: 1801.0ms, "
            "99th: 1981.0ms, 99.9th: 1999.0ms");
  // Of 50: the slowest 25 and 5; from there on the slowest of all.
  EXPECT_EQ(
      report_of(50),
      "(t) - qps: 5.0/s, drops: 0, avg time: 25.5ms, med: 26.0ms, 90th: 46.0ms, 99th: 50.0ms, "
      "99.9th: 50.0ms");
}

TEST(TaskMetric, ReportsAfterItsInterval) {
  int pipe_fds[2];
  ASSERT_EQ(pipe2(pipe_fds, O_CLOEXEC), 0);
  {
    ExchangeFixture f;
    const auto chain =
        chain_of(make_stage(TaskMetricSpec{
                     .name = "t", .interval = std::chrono::seconds(1), .fd = pipe_fds[1]}),
                 [](Exchange&) {});
    chain.handle(f.exchange);
    std::array<char, 512> text{};
    const ssize_t size = read(pipe_fds[0], text.data(), text.size());  // waits for the first report
    ASSERT_GT(size, 0);
    const std::string_view line(text.data(), static_cast<std::size_t>(size));
    EXPECT_NE(line.find(R"("content":"(t) - qps: 1.0/s)"), std::string::npos) << line;
    EXPECT_NE(line.find(R"("level":"stat")"), std::string::npos) << line;
  }
  close(pipe_fds[0]);
  close(pipe_fds[1]);
}

TEST(HistogramInstrument, KeepsOnePointPerSet) {
  HistogramInstrument histogram;
  const Attributes a{{"k", std::string("a")}};
  const Attributes b{{"k", std::string("b")}};
  histogram.record(5, a);
  histogram.record(6, a);
  histogram.record(20'000, b);
  for (const auto& point : histogram.points()) {
    const bool is_a = point.set == a;
    EXPECT_EQ(point.count, is_a ? 2U : 1U);
    EXPECT_DOUBLE_EQ(point.sum, is_a ? 11 : 20'000);
    EXPECT_DOUBLE_EQ(point.min, is_a ? 5 : 20'000);
    EXPECT_DOUBLE_EQ(point.max, is_a ? 6 : 20'000);
    EXPECT_EQ(point.buckets[1], is_a ? 1U : 0U);
    EXPECT_EQ(point.buckets[2], is_a ? 1U : 0U);
    EXPECT_EQ(point.buckets.back(), is_a ? 0U : 1U);
  }
  EXPECT_EQ(histogram.points().size(), 2U);
}

TEST(HistogramInstrument, SetsBeyondTheLimitShareOnePoint) {
  HistogramInstrument histogram;
  for (std::size_t i = 0; i < HistogramInstrument::kSetsMax + 10; ++i) {
    histogram.record(1, Attributes{{"k", static_cast<std::int64_t>(i)}});
  }
  const auto points = histogram.points();
  EXPECT_EQ(points.size(), HistogramInstrument::kSetsMax);
  const auto overflow = std::ranges::find(points, Attributes{{"otel.metric.overflow", true}},
                                          &HistogramInstrument::Point::set);
  ASSERT_NE(overflow, points.end());
  EXPECT_EQ(overflow->count, 11U);
}

// The stage makes its instrument by a plain function.
std::vector<double> recorded_values;
std::vector<Attributes> recorded_sets;
class KeepingInstrument final : public Instrument {
 public:
  void record(double value, const AttributeSet& set) override {
    recorded_values.push_back(value);
    recorded_sets.push_back(set.all());
  }
  std::string_view describe() const override { return "kept by the test"; }
};
std::unique_ptr<Instrument> make_keeping() { return std::make_unique<KeepingInstrument>(); }

TEST(CallMetric, CopiesAttributesOnlyOfASpanThatRecords) {
  recorded_sets.clear();
  for (const bool records : {false, true}) {
    ExchangeFixture f;
    f.exchange.path = "/bench.v1.Bench/Echo";
    f.exchange.span_records = records;
    const CallMetricSpec spec{
        .resource = {{"service.name", std::string("s")}, {"host", std::string("h")}}};
    chain_of(make_stage(spec, make_keeping), [](Exchange&) {}).handle(f.exchange);
  }
  ASSERT_EQ(recorded_sets.size(), 2U);
  EXPECT_EQ(recorded_sets[0], Attributes{});
  EXPECT_EQ(recorded_sets[1], (Attributes{{"rpc.method", std::string("Echo")},
                                          {"rpc.service", std::string("bench.v1.Bench")},
                                          {"rpc.system", std::string("kitex")},
                                          {"service.name", std::string("s")},
                                          {"status.code", std::int64_t{200}}}));
}

TEST(CallMetric, OfHertzIsTwoRecordsAndOnlyOfASpanThatRecords) {
  recorded_values.clear();
  recorded_sets.clear();
  for (const bool records : {false, true}) {
    ExchangeFixture f;
    f.exchange.span_records = records;
    const CallMetricSpec spec{
        .span = {{"http.method", ExchangeValue::request_method}, {"http.url", ExchangeValue::url}},
        .wanted = {"http.method"},
        .resource = {},
        .counts = true,
        .asks_recording = true};
    chain_of(make_stage(spec, make_keeping), [](Exchange&) {}).handle(f.exchange);
    EXPECT_EQ(recorded_sets.size(), records ? 2U : 0U);
  }
  ASSERT_EQ(recorded_values.size(), 2U);
  EXPECT_DOUBLE_EQ(recorded_values[0], 1);  // the counter
  for (const Attributes& set : recorded_sets) {
    EXPECT_EQ(set, (Attributes{{"http.method", std::string("GET")}}));
  }
}

TEST(CallCounters, CountServerAndConnection) {
  const auto counters = std::make_shared<CallCounters>();
  for (const unsigned status : {200U, 500U, 200U}) {
    ExchangeFixture f;
    f.exchange.peer_port = status == 500 ? 65 : 64;
    chain_of(make_stage(CallCountersSpec{counters}), [&](Exchange& e) {
      e.status = status;
      EXPECT_GT(counters->server.calls_started, counters->server.calls_succeeded);
    }).handle(f.exchange);
  }
  EXPECT_EQ(counters->server.calls_started, 3U);
  EXPECT_EQ(counters->server.calls_succeeded, 2U);
  EXPECT_EQ(counters->server.calls_failed, 1U);
  EXPECT_GT(counters->server.last_call_started, 0);
  EXPECT_EQ(counters->sockets[0].streams_succeeded, 2U);
  EXPECT_EQ(counters->sockets[0].messages_sent, 2U);
  EXPECT_EQ(counters->sockets[1].streams_failed, 1U);
  EXPECT_EQ(counters->sockets[1].messages_received, 1U);
  EXPECT_EQ(counters->sockets[1].messages_sent, 0U);
}

StatRecord record_of(std::string name, std::int32_t ms) {
  return {.head = {.interface_name = std::move(name)},
          .body = {.count = 1, .total_ms = ms, .max_ms = ms, .min_ms = ms}};
}

TEST(StatTable, AddsUpByHead) {
  StatTable table;
  for (const int ms : {3, 1, 2}) add_to_table(record_of("Echo", ms), table);
  add_to_table(record_of("GetUser", 9), table);
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table[record_of("Echo", 0).head],
            (StatBody{.count = 3, .total_ms = 6, .max_ms = 3, .min_ms = 1}));
}

TEST(StatChannel, ASenderWaitsForRoomAndNothingIsLost) {
  StatChannel channel(2);
  constexpr std::size_t kRecords = 1000;
  std::jthread sender([&] {
    for (std::size_t i = 0; i < kRecords; ++i) EXPECT_TRUE(channel.send(record_of("Echo", 1)));
  });
  const auto far = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  std::size_t received = 0;
  while (received < kRecords) {
    const auto records = channel.receive(far);
    ASSERT_FALSE(records.empty());
    ASSERT_LE(records.size(), 2U);
    received += records.size();
  }
  EXPECT_EQ(received, kRecords);
}

TEST(StatChannel, ClosingEndsBothSides) {
  StatChannel channel(1);
  EXPECT_TRUE(channel.send(record_of("a", 1)));
  std::jthread waiting([&] { EXPECT_FALSE(channel.send(record_of("b", 1))); });
  channel.close();
  waiting.join();
  EXPECT_TRUE(channel.is_closed());
  EXPECT_EQ(channel.receive({}).size(), 1U);
  EXPECT_TRUE(channel.receive({}).empty());
}

TEST(StatReport, TakesRecordsOfAllThreads) {
  const auto chain = chain_of(make_stage(StatReportSpec{.capacity = 4}), [](Exchange&) {});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        ExchangeFixture f;
        chain.handle(f.exchange);
        EXPECT_EQ(f.exchange.status, 200U);
      }
    });
  }
}

}  // namespace
}  // namespace tracetax
