// What every metric of the catalog keeps, whoever adds it.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/gate/metric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "harness/core/metric_value.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/testing.h"

namespace tracetax {
namespace {

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::islower(static_cast<unsigned char>(name.front())) != 0 &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
         });
}

TEST(Metrics, AreCalledByNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Metric metric : all_metrics()) {
    // As the schemas of suites and results want it.
    EXPECT_TRUE(is_plain_name(name_of(metric))) << name_of(metric);
    EXPECT_TRUE(is_plain_name(short_name_of(metric))) << short_name_of(metric);
    EXPECT_TRUE(names.insert(name_of(metric)).second) << name_of(metric);
    if (short_name_of(metric) != name_of(metric)) {
      EXPECT_TRUE(names.insert(short_name_of(metric)).second) << short_name_of(metric);
    }
    EXPECT_EQ(parse_metric(name_of(metric)), metric);
    EXPECT_EQ(parse_metric(short_name_of(metric)), metric);
  }
  EXPECT_EQ(parse_metric("cpux").error().code, ExitCode::usage);
  EXPECT_NE(parse_metric("cpux").error().message.find("did you mean 'cpu'"), std::string::npos);
}

TEST(Metrics, SayWhatReportsNeed) {
  for (const Metric metric : all_metrics()) {
    EXPECT_FALSE(label_of(metric).empty()) << name_of(metric);
    EXPECT_FALSE(unit_of(metric).empty()) << name_of(metric);
    EXPECT_FALSE(metric->lacking.empty()) << name_of(metric);
    EXPECT_NE(metric->read, nullptr) << name_of(metric);
    EXPECT_TRUE(metric->may_be_gated || !metric->default_budget) << name_of(metric);
    const MetricUnit& unit = metric->unit;
    ASSERT_FALSE(unit.steps.empty()) << unit.name;
    EXPECT_TRUE(std::ranges::is_sorted(unit.steps, {}, &UnitStep::size)) << unit.name;
    ASSERT_EQ(unit.parse == nullptr, unit.format_exact == nullptr) << unit.name;
    if (unit.parse != nullptr) {
      EXPECT_EQ(unit.parse(unit.format_exact(3000)).value(), 3000) << unit.name;
    }
  }
}

TEST(Metrics, AreReadFromSegmentsOfTheirKind) {
  Suite suite = testing::test_suite(1);
  suite.design.capacity = std::chrono::seconds{1};
  const RunResult result = testing::test_run(suite, [](SegmentRecord& segment) {
    segment.usage->instructions = 40'000 * segment.requests;
    segment.usage->cycles = 25'000 * segment.requests;
    if (segment.spec.kind == SegmentKind::open)
      segment.services = {{"db", ServiceRole::companion, 1'000, 1'000}};
  });
  for (const Metric metric : all_metrics()) {
    for (const SegmentRecord& segment : result.segments) {
      EXPECT_EQ(value_of(segment, metric).has_value(), segment.spec.kind == metric->kind)
          << name_of(metric);
    }
  }
}

TEST(Metrics, StandInTheOrderOfReports) {
  EXPECT_EQ(all_metrics().front(), Metric::cpu_per_request);
  EXPECT_LT(Metric::cpu_per_request, Metric::response_p50);
  EXPECT_LT(Metric::response_p99, Metric::capacity);
  EXPECT_TRUE(std::ranges::is_sorted(all_metrics()));
}

constexpr MetricDefinition kReportedOnly{
    .id = "reported",
    .short_name = "reported",
    .label = "what is reported",
    .unit = units::bytes,
    .read = [](const SegmentRecord&) { return std::optional(1.0); },
    .lacking = "",
    .may_be_gated = false};

TEST(Metrics, ThatAreOnlyReportedAreNotJudged) {
  const Suite suite = testing::test_suite(10);
  GateSpec gate;
  gate.metrics = {{kReportedOnly, true, {5, std::nullopt}, 3}};
  const Status complete = complete_gate(gate, suite);
  ASSERT_FALSE(complete);
  EXPECT_EQ(complete.error().message, "what is reported is reported only and cannot be judged");
  EXPECT_TRUE(check_may_be_judged(Metric::rss_peak));
}

TEST(Units, TheLargestStepThatFitsIsTaken) {
  EXPECT_EQ(fitting_step(units::nanoseconds.steps, 999).name, "ns");
  EXPECT_EQ(fitting_step(units::nanoseconds.steps, 1000).name, "us");
  EXPECT_EQ(fitting_step(units::bytes.steps, 0).name, "B");
  EXPECT_EQ(units::microseconds.in_smallest(20), 20'000);
}

}  // namespace
}  // namespace tracetax
