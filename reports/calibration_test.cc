// The file of calibrations and the view of one.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "reports/record/calibration_json.h"
#include "reports/tables/calibration_text.h"
#include "reports/tables/table.h"

namespace tracetax {
namespace {

/// off2 lies above and below off by `spread` in turn, with another size each time.
MetricCalibration metric_with(Metric metric, double off, double spread) {
  MetricCalibration out;
  out.metric = metric;
  for (int i = 0; i < 20; ++i) {
    const double share = (i % 2 == 0 ? spread : -spread) * (0.5 + 0.05 * i);
    out.off.push_back(off * (1 + 0.001 * ((i * 7) % 5)));
    out.off2.push_back(out.off.back() * std::exp(share));
  }
  return out;
}

Calibration sample(const std::string& suite = "quick") {
  Calibration calibration;
  calibration.suite = suite;
  calibration.measured_at = "2026-11-20T18:00:00.000Z";
  calibration.machine = std::string(64, 'a');
  calibration.cpu_model = "AMD EPYC \"7763\"";
  calibration.measure = std::chrono::seconds{1};
  calibration.rate = "auto:0.2";
  calibration.blocks = 20;
  calibration.block_s = 3.25;
  CellCalibration cell;
  cell.target = "gin";
  cell.scenario = "get-user";
  cell.rate = 5123.5;
  cell.metrics = {metric_with(Metric::cpu_per_request, 20.125, 0.02),
                  metric_with(Metric::response_p50, 412'000, 0.05),
                  metric_with(Metric::rss_peak, 12e6, 0.001)};
  cell.lacking = {{Metric::response_p99, "only 2 of 20 blocks have this value"}};
  calibration.cells = {cell};
  return calibration;
}

GateOutlook outlook() {
  GateOutlook outlook;
  outlook.gate.arms = {"on@10%"};
  outlook.gate.metrics = {{Metric::cpu_per_request, true, {5, 0.5}, 3},
                          {Metric::response_p50, false, {1, std::nullopt}, 3},
                          {Metric::response_p99, false, {15, std::nullopt}, 6}};
  outlook.time = {"31s", "1m02s", "2m04s", "3m06s"};
  outlook.segments = {{std::chrono::milliseconds{800}, "five exports, one every 160 ms, take"}};
  return outlook;
}

TEST(CalibrationFile, WhatIsWrittenIsReadBack) {
  std::vector<Calibration> all{sample(), sample("http")};
  all[0].slice = std::chrono::milliseconds{100};
  const std::string text = write_calibrations(all);
  const auto read = read_calibrations(text, "file.json");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  const Calibration& first = (*read)[0];
  EXPECT_EQ(first.suite, "quick");
  EXPECT_EQ(first.measured_at, all[0].measured_at);
  EXPECT_EQ(first.machine, all[0].machine);
  EXPECT_EQ(first.cpu_model, all[0].cpu_model);
  EXPECT_EQ(first.measure, all[0].measure);
  EXPECT_EQ(first.slice, all[0].slice);
  EXPECT_EQ((*read)[1].slice, std::nullopt);
  EXPECT_EQ(first.rate, all[0].rate);
  EXPECT_EQ(first.blocks, 20);
  EXPECT_EQ(first.block_s, 3.25);
  ASSERT_EQ(first.cells.size(), 1U);
  EXPECT_EQ(first.cells[0].rate, 5123.5);
  ASSERT_EQ(first.cells[0].metrics.size(), 3U);
  EXPECT_EQ(first.cells[0].metrics[1].metric, Metric::response_p50);
  EXPECT_EQ(first.cells[0].metrics[0].off, all[0].cells[0].metrics[0].off);
  EXPECT_EQ(first.cells[0].metrics[0].off2, all[0].cells[0].metrics[0].off2);
  ASSERT_EQ(first.cells[0].lacking.size(), 1U);
  EXPECT_EQ(first.cells[0].lacking[0].reason, "only 2 of 20 blocks have this value");
  EXPECT_EQ(write_calibrations(*read), text);
  EXPECT_EQ(write_calibrations({}),
            write_calibrations(*read_calibrations(write_calibrations({}), "")));
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = write_calibrations({sample()});
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(CalibrationFile, WhatIsNoneIsRefused) {
  const std::string whole = write_calibrations({sample()});
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"", "quick.json"},
      {"{}", "schema"},
      {"[1, 2]", "schema"},
      {R"({"schema": "tracetax/result", "schema_version": "1.0.0"})", "schema"},
      {whole.substr(0, whole.size() / 2), "quick.json"},
      {changed("\"1.0.0\"", "\"2.0.0\""), "'2.0.0'"},
      {changed("\"measure\":\"1s\"", "\"measure\":\"1\""), "measure"},
      {changed("\"blocks\":20", "\"blocks\":-1"), "blocks"},
      {changed("\"cpu_per_request\"", "\"cpu_per_quest\""), "cpu_per_quest"},
      {changed("\"off\":[20.125,", "\"off\":[-20.125,"), "positive"},
      {changed("\"off\":[20.125,", "\"off\":["), "as long as"},
      {changed("\"blocks\":20", "\"block\":20"), "blocks"}};
  for (const auto& [text, names] : wrong) {
    const auto read = read_calibrations(text, "quick.json");
    ASSERT_FALSE(read) << text.substr(0, 200);
    EXPECT_EQ(read.error().code, ExitCode::usage);
    EXPECT_NE(read.error().message.find("quick.json"), std::string::npos);
    EXPECT_NE(read.error().message.find(names), std::string::npos) << read.error().message;
  }
}

TEST(CalibrationFile, OneThatIsNotThereHoldsNothing) {
  const auto none = load_calibrations("/no/such/folder/calibration.json");
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
  EXPECT_FALSE(load_calibrations("/"));
}

TEST(CalibrationText, SaysWhatCanBeGatedAndWhatToDoAboutTheRest) {
  const std::string text = write_calibration_text(sample(), outlook(), 500);
  EXPECT_NE(text.find("Can be gated: CPU per request within 5% or 500ns (--effort quick, at most "
                      "about 31s)."),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("Cannot be gated: response p50 within 1%, of which 40 pairs find"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("Not calibrated: response p99: only 2 of 20 blocks have this value."),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("Segments of 800 ms: five exports"), std::string::npos) << text;
  EXPECT_NE(text.find("--set design.measure=800ms"), std::string::npos) << text;
  EXPECT_NE(text.find("10 pairs (--effort quick) are enough for what is required."),
            std::string::npos)
      << text;
}

TEST(CalibrationText, KeepsToTheWidth) {
  for (const std::size_t width : {60U, 80U, 120U}) {
    std::istringstream lines(write_calibration_text(sample(), outlook(), width));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(CalibrationText, NothingToGateIsSaid) {
  Calibration nothing = sample();
  GateOutlook strict = outlook();
  for (GateMetric& gated : strict.gate.metrics) gated.budget = {.pct = 0.01, .absolute = {}};
  EXPECT_NE(write_calibration_text(nothing, strict, 100).find("Nothing can be gated"),
            std::string::npos);
  nothing.cells[0].metrics.clear();
  const std::string text = write_calibration_text(nothing, strict, 100);
  EXPECT_EQ(text.find("Segments of"), std::string::npos) << text;
}

}  // namespace
}  // namespace tracetax
