// SPDX-License-Identifier: Apache-2.0
#include "reports/words/span_words.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tracetax {
namespace {

SpanReport leaking() {
  SpanReport report{.target = "shop", .scenario = "get", .arm = "on@100%"};
  SegmentRecord& segment = report.evidence.as_it_is.segment;
  segment.receipt.traces_expected = segment.receipt.expected = 1000;
  segment.self_counts =
      SelfCounts{.started = 1200, .sampled = 1000, .ended = 1000, .dropped = 10, .failed = 990};
  segment.export_words = std::string(200, 'x') + " connection refused";
  report.evidence.as_it_is.calm = {4, 0, 0};
  report.evidence.as_it_is.burst = {996, 0, 0};
  report.ledger = make_ledger(segment, {});
  report.findings = diagnose(report.evidence);
  return report;
}

TEST(SpanWords, TheWalkItsFirstLeakCauseAndRemedyFitAScreen) {
  const std::string text = write_span_reports(std::vector{leaking()}, 80);
  for (const char* words :
       {"shop, on@100%", "  expected          1,000             the plan",
        "  queued              990         10  its SDK", "10 dropped by the target's queue",
        "leak      10 of 1,000 spans are lost between ended and queued",
        "fault     wrong_address: it exports to an address",
        "-> correct OTEL_EXPORTER_OTLP_ENDPOINT"})
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    EXPECT_TRUE(line.size() <= 80 || line.find("xxx") != line.npos) << line;  // one long word
    at = end + 1;
  }
}

TEST(SpanWords, ForProgramsTheSame) {
  SpanReport failed{.target = "shop", .scenario = "get", .arm = "on@1%"};
  failed.evidence.as_it_is.failed = "target shop was not ready";
  const auto json = nlohmann::json::parse(span_reports_json(std::vector{leaking(), failed}));
  const auto& arm = json["arms"][0];
  EXPECT_EQ(arm["findings"][0]["faults"], nlohmann::json({"wrong_address"}));
  EXPECT_EQ(arm["findings"][0]["question"], 2);
  EXPECT_EQ(arm["first_leak"]["at"], "queued");
  EXPECT_EQ(arm["walk"][3]["stage"], "sampled");
  EXPECT_EQ(arm["walk"][3]["by"], "sdk");
  EXPECT_EQ(json["arms"][1]["failed"], "target shop was not ready");
}

}  // namespace
}  // namespace tracetax
