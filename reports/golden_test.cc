// Golden files: what each format looks like, kept as files so that a change of wording or layout is
// seen in review. UPDATE_GOLDEN=1 writes them anew.
// SPDX-License-Identifier: Apache-2.0
#include "reports/golden.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "reports/testing.h"

namespace tracetax {
namespace {

using testing::expect_golden;
using testing::expect_same_after_reading;
using testing::make_void;
using testing::rendered;
using testing::sample_run;
using testing::test_suite;

/// The traces that came are as they should be.
void judge_traces(SegmentRecord& segment) {
  const Receipt& receipt = segment.receipt;
  if (receipt.expected == 0) return;
  segment.receipt.quality = TraceQuality{.spans = receipt.received,
                                         .traces = receipt.received,
                                         .traces_sampled = receipt.expected,
                                         .traces_recalled = receipt.received,
                                         .traces_whole = receipt.received,
                                         .spans_sampled = receipt.expected,
                                         .spans_recalled = receipt.received};
}

/// Two cells, HTTP and a gRPC stream.
RunResult two_cells() {
  Suite suite = test_suite(6);
  suite.targets.push_back(suite.targets[0]);
  suite.targets[1].name = "grpc-go";
  suite.scenarios[0].targets = {suite.targets[0].name};
  suite.scenarios.push_back({"feed", "grpc", Json::object(), "", {"grpc-go"}});
  RunResult result = sample_run(suite, judge_traces);
  result.plan.cells.push_back({1, 1});
  result.cell_rates.push_back(result.cell_rates.at(0));
  result.cell_capacities.push_back(result.cell_capacities.at(0));
  for (SegmentSpec spec : std::vector(result.plan.segments)) {
    spec.cell = 1;
    result.plan.segments.push_back(spec);
  }
  for (SegmentRecord segment : std::vector(result.segments)) {
    segment.spec.cell = 1;
    segment.times.first_message.record(300'000, 10'000);
    segment.times.message_gap.record(20'000, 80'000);
    segment.times.message_gap.record(200'000'000, 10'000);
    result.segments.push_back(std::move(segment));
  }
  return result;
}

RunResult complete_run() {
  Suite suite = test_suite(10);
  suite.design.capacity = std::chrono::milliseconds{800};
  return sample_run(suite, [](SegmentRecord& segment) {
    if (segment.spec.block == 3 && segment.arm == "on@10%" &&
        segment.spec.kind == SegmentKind::open) {
      make_void(segment, VoidRule::receipt_open,
                "1 trace of 1,000 is missing; tracing that loses spans looks cheap");
      segment.receipt.missing_traces = 1;
      segment.receipt.received -= 1;
    }
    judge_traces(segment);
    if (!segment.receipt.quality) return;
    TraceQuality& quality = *segment.receipt.quality;
    quality.late_parents = quality.spans / 2;
    quality.raw_path_names = quality.spans;
    quality.raw_path_example = "GET /users/42";
    segment.receipt.export_delay_p99_ms = 990.5;
  });
}

/// All values in one bucket: small histograms keep a golden file small.
void make_small(SegmentRecord& segment) {
  for (Histogram* histogram :
       {&segment.times.response_sampled, &segment.times.response_unsampled,
        &segment.times.service_sampled, &segment.times.service_unsampled, &segment.times.lag}) {
    const std::int64_t count = histogram->count(), value = histogram->percentile(50);
    histogram->reset();
    histogram->record(value + segment.spec.block, count);
  }
}

RunResult partial_run() {
  RunResult result = sample_run(test_suite(6), make_small);
  result.segments.resize(4);
  result.status = RunStatus::partial;
  result.partial_reason = "interrupted";
  result.finished_at.clear();
  return result;
}

/// Few arms and small histograms, but every kind of value that result.json can hold.
RunResult small_complete_run() {
  Suite suite = test_suite(6);
  suite.arms = {suite.arms[0], suite.arms[3], suite.arms[4]};
  RunResult result = sample_run(suite, [](SegmentRecord& segment) {
    make_small(segment);
    judge_traces(segment);
    if (segment.spec.block == 1) segment.errors = {{"timeout", 2}};
    if (segment.spec.block == 2) segment.self_counts = SelfCounts{.started = 10, .sampled = 9};
    if (segment.spec.block == 3) segment.warnings = {"the off arm was slow"};
    if (segment.spec.block == 4) segment.receipt.sink_failure = "it did not answer within 5 s";
    if (segment.spec.block == 5) segment.usage.reset();
    if (segment.spec.block == 0)
      segment.services = {{"db", ServiceRole::companion, 2'000'000, 64'000'000},
                          {"gin", ServiceRole::subject, segment.usage->cpu_ns, 12'000'000}};
  });
  result.warnings = {"only one CPU"};
  return result;
}

RunResult void_run() {
  RunResult result = sample_run(test_suite(6), [](SegmentRecord& segment) {
    make_void(
        segment, VoidRule::driver_lag,
        "the driver was late in sending: lag p95 320 us, limit 50 us (the larger of 50 us and "
        "5 % of the service p50, which is 400 us); lower the rate, or give the driver its own "
        "CPU: --set pin.driver=0");
    if (segment.arm == "on@100%") make_void(segment, VoidRule::too_many_errors, "timeout 5,000");
    if (segment.arm == "on@10%") segment.receipt.broken_propagation = {{"gin|back", 1000}, {"", 1}};
    segment.steal_pct = 7;
  });
  result.status = RunStatus::invalid;
  return result;
}

RunResult oddly_named_run() {
  RunResult result = sample_run(test_suite(6));
  result.suite.name = "sui|te `quoted` <b>";
  result.suite.targets[0].name = "gin \"\xC3\xA9\xE2\x82\xAC\" | *1*";
  result.suite.arms[4].name = "on, \"all\"\n| `x` \x1b[31m";
  result.argv = {"tracetax", "run", "it's | `odd`.json"};
  result.machine.cpu_model = "CPU | model `x` ]( <script>";
  result.warnings = {"a warning\nof two lines | with a pipe"};
  for (SegmentRecord& segment : result.segments) {
    segment.arm = result.suite.arms[static_cast<std::size_t>(segment.spec.arm)].name;
  }
  return result;
}

TEST(Golden, CellsStandSideBySideAndStreamsHaveTheirMessages) {
  const RunResult result = two_cells();
  expect_golden("cells.md", rendered(result, "md"));
  expect_golden("cells.txt", rendered(result, "text"));
  expect_same_after_reading(result);
}

TEST(Golden, CompleteRun) {
  const RunResult result = complete_run();
  expect_golden("complete.md", rendered(result, "md"));
  expect_golden("complete.txt",
                rendered(result, "text", {.written = {"out/result.json", "out/report.md"}}));
  expect_golden("complete-80.txt", rendered(result, "text", {.width = 80, .written = {}}));
  expect_golden("complete.comparisons.csv", rendered(result, "comparisons-csv"));
  expect_same_after_reading(result);
}

TEST(Golden, PartialRun) {
  const RunResult result = partial_run();
  expect_golden("partial.json", rendered(result, "json"));
  expect_golden("partial.md", rendered(result, "md"));
  expect_golden("partial.txt", rendered(result, "text"));
  expect_golden("partial.csv", rendered(result, "csv"));
  expect_golden("partial.hlog", rendered(result, "hlog"));
  expect_same_after_reading(result);
}

TEST(Golden, SmallCompleteRun) {
  const RunResult result = small_complete_run();
  expect_golden("small-complete.json", rendered(result, "json"));
  expect_same_after_reading(result);
}

TEST(Golden, EverySegmentVoid) {
  const RunResult result = void_run();
  expect_golden("void.md", rendered(result, "md"));
  expect_golden("void.txt", rendered(result, "text"));
  expect_same_after_reading(result);
}

TEST(Golden, OddNamesAreQuoted) {
  const RunResult result = oddly_named_run();
  expect_golden("odd.md", rendered(result, "md"));
  expect_golden("odd.txt", rendered(result, "text"));
  expect_golden("odd.csv", rendered(result, "csv"));
}

TEST(Golden, NothingMeasured) {
  RunResult result = sample_run(test_suite(6));
  result.segments.clear();
  result.status = RunStatus::partial;
  expect_golden("nothing.txt", rendered(result, "text"));
  expect_same_after_reading(result);
}

TEST(Text, NoLineIsWiderThanAsked) {
  for (const RunResult& result : {complete_run(), void_run(), oddly_named_run()}) {
    for (const int width : {60, 80, 100, 140}) {
      std::istringstream lines(rendered(result, "text", {.width = width, .written = {}}));
      for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), static_cast<std::size_t>(width) + 8)
            << line;  // 8: UTF-8 of odd names
      }
    }
  }
}

TEST(Text, ColorAddsNothingButColor) {
  const RunResult result = complete_run();
  std::string colored = rendered(result, "text", {.color = true, .written = {}});
  EXPECT_NE(colored.find("\x1b[1mhigher\x1b[0m"), std::string::npos);
  for (std::size_t at = 0; (at = colored.find('\x1b', at)) != std::string::npos;) {
    colored.erase(at, colored.find('m', at) - at + 1);
  }
  EXPECT_EQ(colored, rendered(result, "text"));
}

TEST(Catalog, FormatsAreFoundByName) {
  EXPECT_EQ(find_report_format("jsn").error().code, ExitCode::usage);
  EXPECT_NE(find_report_format("jsn").error().message.find("did you mean 'json'"),
            std::string::npos);
  EXPECT_GE(report_formats().size(), 15U);
}

TEST(Catalog, FormatsSayWhichOptionsAndFilesTheyHave) {
  std::set<std::string> files;
  for (const ReportFormat& format : report_formats()) {
    for (const FormatOption& option : format.make.options) {
      EXPECT_FALSE(option.help.empty()) << option.name;
      EXPECT_TRUE(option.check(option.fallback)) << option.name;
    }
    for (const ReportFile& file : format.make.files) {
      EXPECT_TRUE(files.insert(file.name).second) << file.name;
    }
  }
  EXPECT_TRUE(files.contains("report.md") && files.contains("verdict.md"));
  const ReportWriter frameworks = find_report_format("frameworks").value();
  const FormatOption& lang = frameworks.options.at(0);
  EXPECT_EQ(lang.name, "lang");
  EXPECT_FALSE(lang.check("fr"));
}

}  // namespace
}  // namespace tracetax
