// Table T7 of made-up runs whose numbers are known, whatever their blocks did to all settings
// alike.
// SPDX-License-Identifier: Apache-2.0
#include "reports/exporters/exporters.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "harness/analysis/comparison.h"
#include "reports/catalog.h"
#include "reports/exporters/exporter_tables.h"
#include "reports/testing.h"

namespace tracetax::testing {
namespace {

using namespace std::chrono_literals;

/// What one combination of settings does in a block of no effect.
struct MadeExporter {
  std::string protocol;
  int connections = 1, spans = 512;
  std::string compression = "none";
  std::uint64_t exports = 2'000;  // in a second
  std::int64_t response_ns = 500'000;
  double sender_us = 200, receiver_us = 100;  // of an export
  std::uint64_t bytes = 100'000;              // of an export
};

RunResult exporters_run(const std::vector<MadeExporter>& all, int blocks) {
  RunResult result;
  Suite& suite = result.suite;
  suite.name = "exporters";
  suite.load.closed = true;
  suite.design.blocks = blocks;
  suite.design.measure = 1s;
  suite.arms = {test_arm("off", ArmRole::off, 0)};
  TargetSpec target;
  target.name = "sink-2ms";
  target.kind = TargetKind::command;
  ServiceSpec sink, wire;
  sink.name = "null-sink";
  sink.role = ServiceRole::subject;  // as the reader has it where the front is none
  sink.command = {"sink"};
  wire.name = "delay";
  wire.front = true;
  wire.role = ServiceRole::companion;
  wire.command = {"delay", "--round-trip", "2ms"};
  target.services = {wire, sink};
  suite.targets = {target};
  for (const MadeExporter& made : all) {
    ScenarioSpec& scenario = suite.scenarios.emplace_back();
    scenario.name = fmt::format("x{}", suite.scenarios.size());
    scenario.kind = "otlp";
    scenario.connections = made.connections;
    scenario.options = {{"protocol", made.protocol},
                        {"spans", made.spans},
                        {"compression", made.compression},
                        {"values", "50%"}};
    result.plan.cells.push_back({0, static_cast<int>(suite.scenarios.size()) - 1});
  }
  for (int block = 0; block < blocks; ++block) {
    const double drift = 1 + 0.3 * (block * 7 % 5);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const MadeExporter& made = all[i];
      SegmentRecord segment;
      segment.spec.cell = static_cast<int>(i);
      segment.spec.block = block;
      segment.spec.kind = SegmentKind::capacity;
      segment.arm = "off";
      segment.duration_s = drift;
      segment.requests = segment.sent = made.exports;
      segment.driver_cpu_us_per_request = made.sender_us * drift;
      segment.driver_busy = 0.9;
      segment.target_busy = 0.5;
      segment.usage.emplace().cpu_ns = static_cast<std::uint64_t>(
          made.receiver_us * 1e3 * drift * static_cast<double>(made.exports));
      OtlpAccount& account = segment.otlp.emplace();
      account.spans_sent = account.spans_accepted =
          made.exports * static_cast<std::uint64_t>(made.spans);
      account.bytes_sent = account.bytes_packed = made.exports * made.bytes;
      account.bytes_made = made.exports * 100'000;
      account.making_ns = 1'000'000;
      segment.receipt.known = true;
      segment.receipt.expected = segment.receipt.received = account.spans_sent;
      for (std::uint64_t k = 0; k < made.exports; ++k) {
        const auto ns = static_cast<std::int64_t>(static_cast<double>(made.response_ns) * drift);
        segment.times.response_unsampled.record(ns);
        segment.times.service_unsampled.record(ns);
      }
      result.segments.push_back(std::move(segment));
    }
  }
  result.status = RunStatus::complete;
  result.argv = {"tracetax", "run", "exporters"};
  result.cell_rates.assign(all.size(), 0);
  result.cell_capacities.assign(all.size(), 0);
  fill_facts(result);
  return result;
}

TEST(ExporterRows, ValuesArePerSpanAndOverBlocks) {
  RunResult result = exporters_run({{.protocol = "grpc"}}, 9);
  const auto rows = exporter_rows(result);
  ASSERT_EQ(rows.size(), 1U);
  const ExporterRow& row = rows[0];
  EXPECT_EQ(row.settings, (ExporterSettings{"null-sink", 2ms, "grpc", 1, 512, "none", "50%"}));
  // The middle of blocks at 1, 1.3, 1.6, 1.9 and 2.2 of its own.
  EXPECT_NEAR(*row.spans_per_second.value, 2'000 * 512 / 1.6, 2'000 * 512 * 0.1);
  ASSERT_TRUE(row.spans_per_second.interval.has_value());
  EXPECT_NEAR(*row.sender_cpu.value / *row.receiver_cpu.value, 2, 1e-9);
  EXPECT_NEAR(*row.bytes_per_span.value, 100'000.0 / 512, 1e-6);
  EXPECT_NEAR(*row.p50.value / 1e3 / 500, 1.6, 0.2);
  EXPECT_NEAR(*row.p99.value, *row.p50.value, *row.p50.value * 0.01);
  EXPECT_FALSE(row.p99_merged_ns.has_value());
  EXPECT_EQ(row.spans_sent, 9U * 2'000 * 512);
  EXPECT_EQ(row.spans_lost, 0U);
  EXPECT_TRUE(row.receiver_counts);
  EXPECT_EQ(row.limit, ExporterLimit::sender);
  EXPECT_EQ(row.compression_ratio, 1);
}

TEST(ExporterRows, ATailThatNoBlockHasIsThatOfAll) {
  RunResult few = exporters_run({{.protocol = "grpc", .exports = 200}}, 6);
  EXPECT_FALSE(exporter_rows(few)[0].p99.value.has_value());
  EXPECT_NEAR(exporter_rows(few)[0].p99_merged_ns.value(), 1'100'000, 20'000);  // 2.2 x 500 us
  const RunResult fewer = exporters_run({{.protocol = "grpc", .exports = 100}}, 6);
  EXPECT_FALSE(exporter_rows(fewer)[0].p99_merged_ns.has_value());
}

TEST(ExporterRows, WhatWasNotAcceptedOrNotCountedIsLost) {
  RunResult result = exporters_run({{.protocol = "grpc", .exports = 100}}, 1);
  result.segments[0].otlp->spans_accepted -= 12;
  result.segments[0].receipt.received -= 512;
  EXPECT_EQ(exporter_rows(result)[0].spans_lost, 524U);
  make_void(result.segments[0], VoidRule::receipt_open);
  EXPECT_EQ(exporter_rows(result)[0].spans_lost, 524U) << "void or not";
  EXPECT_EQ(exporter_rows(result)[0].valid, 0);
}

/// "gRPC / HTTP 2", each with what it is.
std::vector<std::string> told(const std::vector<ExporterChange>& changes) {
  std::vector<std::string> texts;
  for (const ExporterChange& change : changes) {
    texts.push_back(fmt::format("{} {:.3g} {:.3g}", change.question, *change.spans_per_second.ratio,
                                *change.bytes_per_span.ratio));
  }
  return texts;
}

TEST(ExporterChanges, AreBetweenSettingsThatDifferInOneThing) {
  const RunResult result = exporters_run(
      {{.protocol = "grpc", .exports = 2'000},
       {.protocol = "http/protobuf", .exports = 1'600},
       {.protocol = "grpc", .connections = 10, .exports = 6'000},
       {.protocol = "grpc", .compression = "gzip", .exports = 1'000, .bytes = 25'000},
       {.protocol = "http/protobuf", .spans = 100, .exports = 4'000, .bytes = 20'000}},
      8);
  const auto rows = exporter_rows(result);
  const auto changes = exporter_changes(rows);
  const std::vector<std::string> expected = {"gRPC / HTTP 1.25 1", "10 connections / 1 3 1",
                                             "512 spans / 100 2.05 0.977", "gzip / none 0.5 0.25"};
  EXPECT_EQ(told(changes), expected);
  // What a block does to both is no difference: the interval is as narrow as arithmetic.
  for (const ExporterChange& change : changes) {
    ASSERT_TRUE(change.spans_per_second.interval.has_value());
    EXPECT_NEAR(change.spans_per_second.interval->high / change.spans_per_second.interval->low, 1,
                1e-9);
  }
  EXPECT_EQ(exporter_sentences(changes).front(),
            "gRPC / HTTP: 1.25 to 1.25 times as many spans/s, over 1 pairs of settings that differ "
            "in nothing else; more in 1, fewer in 0, not told apart in 0.");
}

TEST(Exporters, TheTerminalHasTheTableInPlaceOfComparisons) {
  const RunResult result = exporters_run({{.protocol = "grpc"}, {.protocol = "http/protobuf"}}, 6);
  const std::string text = write_text(result, analyse(result), {});
  EXPECT_NE(text.find("T7, speed, response and loss"), std::string::npos) << text;
  EXPECT_NE(text.find("grpc 1 x 512 +2ms"), std::string::npos) << text;
  EXPECT_EQ(text.find("CPU per request"), std::string::npos) << text;
  const RunResult too_few = exporters_run({{.protocol = "grpc"}}, 5);
  EXPECT_NE(exporters_text(too_few, 200).find("(5 of 5)"), std::string::npos);
}

TEST(Exporters, EveryFormatIsThereForSuchRunsAlone) {
  const RunResult result = exporters_run({{.protocol = "grpc"}}, 6);
  const Analysis analysis = analyse(result);
  const auto page = find_report_format("exporters").value();
  EXPECT_TRUE(page.files.front().is_wanted(result, analysis, {}));
  EXPECT_NE(page.write(result, analysis, {}).find("## T7: CPU and bytes per span"),
            std::string::npos);
  const std::string csv = find_report_format("exporters-csv").value().write(result, analysis, {});
  EXPECT_NE(csv.find(",null-sink,2,grpc,1,512,none,50%,,spans_per_second,1/s,"), std::string::npos)
      << csv;
  const RunResult other = sample_run(made_up_suite(3));
  EXPECT_FALSE(page.files.front().is_wanted(other, analyse(other), {}));
  EXPECT_NE(page.write(other, analyse(other), {}).find("no closed loops"), std::string::npos);
}

}  // namespace
}  // namespace tracetax::testing
