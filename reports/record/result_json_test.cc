// SPDX-License-Identifier: Apache-2.0
#include "reports/record/result_json.h"

#include <gtest/gtest.h>

#include <limits>

#include "reports/testing.h"

namespace tracetax {
namespace {

using testing::sample_run;
using testing::test_suite;

std::string written(const RunResult& result) { return write_result_json(result, analyse(result)); }

/// The error of reading `text`, or "" if it can be read.
std::string error_of(const std::string& text) {
  const auto result = read_result_json(text, "result.json");
  if (result) return "";
  EXPECT_EQ(result.error().code, ExitCode::baseline);
  return result.error().message;
}

/// `text` with the first `from` replaced.
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

const std::string& small_result() {
  static const std::string text = written(sample_run(test_suite(1)));
  return text;
}

TEST(ResultJson, ReadingAndWritingAgainGivesTheSameBytes) {
  Suite suite = test_suite(6);
  suite.design.capacity = std::chrono::milliseconds{800};
  RunResult result = sample_run(suite, [](SegmentRecord& segment) {
    if (segment.spec.block == 1)
      testing::make_void(segment, VoidRule::receipt_open, "1 span | missing");
    if (segment.spec.block == 2) segment.usage.reset();
    if (segment.spec.block == 3) {
      segment.self_counts =
          SelfCounts{.started = 9, .sampled = 8, .set_after_end = 2, .sampler = "AlwaysOn"};
      segment.service_metrics["otel"] = {{"otelcol_exporter_sent_spans{exporter=\"o\"}", 12.5}};
    }
    if (segment.spec.block == 4) segment.errors = {{"timeout", 2}, {"status_500", 1}};
    if (segment.spec.block == 4)
      testing::make_void(segment, VoidRule::companion_failed, "db exited");
    if (segment.spec.block == 5) segment.warnings = {"a \"quoted\"\nwarning"};
    segment.times.lag.record(7'200'000'000'000);  // beyond the histogram's range
  });
  result.status = RunStatus::partial;
  result.partial_reason = "interrupted";
  result.warnings = {"one core only: \xE2\x82\xAC"};
  result.label = "v1.2 \"rc\"";
  const std::string first = written(result);
  const auto read_back = read_result_json(first, "result.json");
  ASSERT_TRUE(read_back) << read_back.error().message;
  EXPECT_EQ(written(*read_back), first);
  EXPECT_EQ(read_back->label, result.label);
}

TEST(ResultJson, EveryFieldOfASegmentComesBack) {
  const RunResult result = sample_run(test_suite(1), [](SegmentRecord& segment) {
    segment.times.lag.record(7'200'000'000'000);
    segment.receipt.sink_failure = "it died";
    segment.target_busy = 0.97;
    segment.spec.slices = 7;
    segment.core = CoreSpeed{.mean_ns = 12'500, .fastest_ns = 10'000, .probes = 125};
    segment.self_counts = SelfCounts{.started = 9,
                                     .set_after_end = 2,
                                     .sampler = "AlwaysOn",
                                     .exporter = "none",
                                     .processor = "simple"};
    segment.service_metrics["otel"] = {{"otelcol_exporter_sent_spans{exporter=\"o\"}", 12.5}};
    segment.invariants = {{"db", "no oversell", true, ""}, {"db", "books", false, "3"}};
    OtlpAccount& otlp = segment.otlp.emplace();
    otlp.spans_sent = 512;
    otlp.spans_accepted = 500;
    otlp.spans_rejected = 12;
    otlp.partial_successes = otlp.warnings = 1;
    otlp.retryable = {{"status_503", 2}};
    otlp.bytes_made = 300'000;
    otlp.bytes_packed = 30'000;
    otlp.bytes_sent = 31'000;
    otlp.making_ns = 9;
    otlp.message = "too \"large\"";
  });
  const auto read_back = read_result_json(written(result), "result.json");
  ASSERT_TRUE(read_back) << read_back.error().message;
  ASSERT_EQ(read_back->segments.size(), result.segments.size());
  const SegmentRecord& before = result.segments[4];
  const SegmentRecord& after = read_back->segments[4];
  EXPECT_EQ(after.arm, before.arm);
  EXPECT_EQ(after.spec.id_seed, before.spec.id_seed);
  EXPECT_EQ(after.spec.arrival_seed, before.spec.arrival_seed);
  EXPECT_EQ(after.usage->cpu_ns, before.usage->cpu_ns);
  EXPECT_EQ(after.usage->cpu_drain_ns, before.usage->cpu_drain_ns);
  EXPECT_EQ(after.target_busy, before.target_busy);
  EXPECT_EQ(after.spec.slices, 7);
  EXPECT_EQ(after.core->mean_ns, before.core->mean_ns);
  EXPECT_EQ(after.core->fastest_ns, before.core->fastest_ns);
  EXPECT_EQ(after.core->probes, before.core->probes);
  EXPECT_EQ(after.otlp, before.otlp);
  EXPECT_EQ(after.self_counts->set_after_end, 2U);
  EXPECT_EQ(after.self_counts->sampler, "AlwaysOn");
  EXPECT_EQ(after.self_counts->exporter, "none");
  EXPECT_EQ(after.self_counts->processor, "simple");
  EXPECT_EQ(after.service_metrics, before.service_metrics);
  ASSERT_EQ(after.invariants.size(), 2U);
  EXPECT_EQ(after.invariants[0].service, "db");
  EXPECT_EQ(after.invariants[1].name, "books");
  EXPECT_FALSE(after.invariants[1].holds);
  EXPECT_EQ(after.invariants[1].saw, "3");
  EXPECT_EQ(after.receipt.expected, before.receipt.expected);
  EXPECT_EQ(after.receipt.sink_failure, before.receipt.sink_failure);
  EXPECT_EQ(after.times.response_sampled, before.times.response_sampled);
  EXPECT_EQ(after.times.service_sampled.min(), before.times.service_sampled.min());
  EXPECT_EQ(after.times.lag.max(), before.times.lag.max());
  EXPECT_EQ(after.times.lag.overflows(), 1);
  EXPECT_EQ(after.times.response().quantile_interpolated(0.99),
            before.times.response().quantile_interpolated(0.99));
  EXPECT_EQ(read_back->plan.seed, result.plan.seed);
  EXPECT_EQ(read_back->suite.arms.size(), 5U);
  EXPECT_EQ(read_back->suite.design.measure, result.suite.design.measure);
}

TEST(ResultJson, WhatWasNotMeasuredIsNull) {
  RunResult result = sample_run(test_suite(1), [](SegmentRecord& segment) {
    segment.usage.reset();
    segment.driver_busy = std::numeric_limits<double>::quiet_NaN();
    segment.times.response_sampled.reset();
    segment.times.response_unsampled.reset();
  });
  const std::string text = written(result);
  EXPECT_NE(text.find("\"cpu_us\":null"), std::string::npos);
  EXPECT_NE(text.find("\"busy\":null"), std::string::npos);
  EXPECT_NE(text.find("\"p99.9\":null"), std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
  EXPECT_NE(text.find("\"off\":null"), std::string::npos) << "a void comparison has no numbers";
  const auto read_back = read_result_json(text, "result.json");
  ASSERT_TRUE(read_back) << read_back.error().message;
  EXPECT_FALSE(read_back->segments[0].usage.has_value());
  EXPECT_EQ(written(*read_back), text);
}

TEST(ResultJson, NamesThePluginsThatMadeTheRequests) {
  RunResult result = sample_run(test_suite(1));
  EXPECT_EQ(written(result).find("\"plugins\""), std::string::npos);
  result.tool.plugins = {{"users", {"./users.so", "ab12"}}};
  const std::string text = written(result);
  const auto read_back = read_result_json(text, "result.json");
  ASSERT_TRUE(read_back) << read_back.error().message;
  EXPECT_EQ(read_back->tool.plugins.at("users").path, "./users.so");
  EXPECT_EQ(read_back->tool.plugins.at("users").sha256, "ab12");
  EXPECT_EQ(written(*read_back), text);
}

TEST(ResultJson, InvalidUtf8IsReplacedOnceAndForAll) {
  RunResult result = sample_run(test_suite(1));
  result.argv = {"tracetax", "run", "caf\xE9"};
  const std::string text = written(result);
  EXPECT_NE(text.find("caf\xEF\xBF\xBD"), std::string::npos);
  EXPECT_EQ(written(read_result_json(text, "result.json").value()), text);
}

TEST(ResultJson, ComparisonsInTheFileAreNotTrusted) {
  const std::string text = written(sample_run(test_suite(6)));
  const std::string forged = replaced(text, "\"word\":\"higher\"", "\"word\":\"lower\"");
  EXPECT_EQ(written(read_result_json(forged, "result.json").value()), text);
}

TEST(ResultJson, MembersOfLaterMinorVersionsAreIgnored) {
  std::string text = replaced(small_result(), "\"1.0.0\"", "\"1.7.0\"");
  text = replaced(text, "\"tool\": {", "\"tool\": {\"colour\": \"red\", ");
  EXPECT_EQ(error_of(text), "");
}

TEST(ResultJson, ForeignFilesAreNamedAsSuch) {
  EXPECT_EQ(error_of(""), "result.json: is empty, not a tracetax result");
  EXPECT_EQ(error_of("PK\x03\x04"),
            "result.json: not a tracetax result (it does not start with \"{\")");
  EXPECT_EQ(error_of("[1, 2]"),
            "result.json: not a tracetax result (it does not start with \"{\")");
  EXPECT_EQ(error_of("{}"), "result.json: not a tracetax result (no \"schema\")");
  EXPECT_EQ(error_of(R"({"schema": "other/thing"})"),
            "result.json: not a tracetax result (\"schema\" is the text 'other/thing', not "
            "\"tracetax/result\")");
  EXPECT_EQ(error_of(R"({"a": 1,, "b": 2})").substr(0, 14), "result.json:1:");
}

TEST(ResultJson, OtherMajorVersionsAreRefusedWithTheSupportedOne) {
  EXPECT_EQ(error_of(replaced(small_result(), "\"1.0.0\"", "\"2.0.0\"")),
            "result.json: schema_version '2.0.0' is not supported; this program reads 1.x (it "
            "writes 1.0.0)");
}

TEST(ResultJson, ACutFileSaysWhere) {
  const std::string& text = small_result();
  for (const std::size_t size :
       {text.size() / 7, text.size() / 3, text.size() / 2, text.size() - 3}) {
    const std::string error = error_of(text.substr(0, size));
    EXPECT_EQ(error, "result.json: cut off at byte " + std::to_string(size) +
                         ": the end of the file is missing");
  }
}

TEST(ResultJson, WrongValuesAreNamedWithTheirPlace) {
  EXPECT_NE(error_of(replaced(small_result(), "\"requests\":10000", "\"requests\":-3"))
                .find("segments[0].requests"),
            std::string::npos);
  const std::string first_planned = R"("plan": [
  {"cell":0,"block":0,"pos":0,"arm":"off")";
  EXPECT_NE(error_of(replaced(small_result(), first_planned,
                              replaced(first_planned, "\"off\"", "\"of\"")))
                .find("plan[0].arm: is no arm"),
            std::string::npos);
  EXPECT_NE(error_of(replaced(small_result(), first_planned,
                              replaced(first_planned, "\"cell\":0", "\"cell\":1")))
                .find("plan[0].cell"),
            std::string::npos);
  EXPECT_NE(error_of(replaced(small_result(), "\"data\":\"", "\"data\":\"!")).find("data"),
            std::string::npos);
  EXPECT_NE(
      error_of(replaced(small_result(), "\"min\":5000,", "\"min\":99,")).find("do not belong"),
      std::string::npos);
  EXPECT_NE(error_of(replaced(small_result(), "\"targets\":{", "\"targets\":{},\"x\":{"))
                .find("config.resolved"),
            std::string::npos);
  EXPECT_NE(error_of(replaced(small_result(), "\"config\": ", "\"konfig\": "))
                .find("'config' is missing"),
            std::string::npos);
}

TEST(ResultJson, NumbersThatAreNotFiniteAreRefused) {
  EXPECT_NE(error_of(replaced(small_result(), "\"dur_s\":3.0", "\"dur_s\":NaN")), "");
  EXPECT_NE(error_of(replaced(small_result(), "\"dur_s\":3.0", "\"dur_s\":1e999")), "");
  EXPECT_NE(error_of(replaced(small_result(), "\"dur_s\":3.0", "\"dur_s\":Infinity")), "");
}

}  // namespace
}  // namespace tracetax
