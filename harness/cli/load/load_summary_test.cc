// The summary as JSON and text, and where its doubts begin.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_summary.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

namespace tracetax {
namespace {

using Json = nlohmann::ordered_json;

LoadOptions open_options() {
  LoadOptions options;
  options.url = "http://127.0.0.1:8080/";
  options.closed = false;
  options.rate = 10'000;
  return options;
}

// 20,000 requests in 2 s: service 1.00 ms, response 1.01 ms, lag 10 us.
LoadResult good_result() {
  LoadResult result;
  result.due = result.sent = result.ok = 20'000;
  result.asked_rate = result.achieved_rate = 10'000;
  result.elapsed = std::chrono::seconds{2};
  result.cpu = std::chrono::milliseconds{120};
  result.cpu_spinning = std::chrono::milliseconds{20};
  result.bytes_received = 1'000'000;
  result.times.response_unsampled.record(1'010'000, 20'000);
  result.times.service_unsampled.record(1'000'000, 20'000);
  result.times.lag.record(10'000, 20'000);
  result.times.wait.record(0, 20'000);
  return result;
}

std::string only_warning(const LoadResult& result, const LoadOptions& options = open_options()) {
  const auto warnings = load_warnings(options, result);
  EXPECT_LE(warnings.size(), 1U);
  return warnings.empty() ? "" : warnings.front();
}

TEST(LoadJson, HasTheKeysThatScriptsReadWithTheirUnits) {
  LoadResult result = good_result();
  result.errors = {{"timeout", 2}};
  result.reconnects = 3;
  result.retries = 1;
  const Json json = Json::parse(load_json(open_options(), result));
  EXPECT_EQ(json["requests"], 20'000);
  EXPECT_EQ(json["errors"], (Json{{"timeout", 2}}));
  EXPECT_EQ(json["rate"], (Json{{"asked", 10'000.0}, {"achieved", 10'000.0}}));
  EXPECT_DOUBLE_EQ(json["cpu_us_per_request"], 6);
  EXPECT_DOUBLE_EQ(json["cpu_spinning_us_per_request"], 1);
  EXPECT_EQ(json["late"], 0);
  EXPECT_EQ(json["reconnects"], 3);
  EXPECT_EQ(json["retries"], 1);
  EXPECT_DOUBLE_EQ(json["duration_s"], 2);
  for (const char* times : {"response_ns", "service_ns", "lag_ns", "wait_ns"}) {
    for (const char* key : {"count", "min", "p50", "p90", "p99", "p99.9", "max", "mean"}) {
      EXPECT_TRUE(json[times].contains(key)) << times << " " << key;
    }
  }
  EXPECT_EQ(json["response_ns"]["count"], 20'000);
  EXPECT_EQ(json["lag_ns"]["max"], 10'000);
  EXPECT_NEAR(json["service_ns"]["p99"].get<double>(), 1e6, 1e3);
  EXPECT_TRUE(json["warnings"].empty());
}

TEST(LoadJson, WhatWasNotMeasuredIsNull) {
  LoadOptions options = open_options();
  const Json nothing = Json::parse(load_json(options, LoadResult{}));
  EXPECT_TRUE(nothing["cpu_us_per_request"].is_null());
  EXPECT_TRUE(nothing["response_ns"]["min"].is_null());
  EXPECT_TRUE(nothing["response_ns"]["p50"].is_null());
  EXPECT_EQ(nothing["errors"], Json::object());
  EXPECT_EQ(nothing["warnings"].size(), 1U);

  LoadResult few = good_result();
  few.times.response_unsampled.reset();
  few.times.response_unsampled.record(5, 999);
  const Json json = Json::parse(load_json(options, few));
  EXPECT_TRUE(json["response_ns"]["p99"].is_null());  // fewer than ten beyond it
  EXPECT_FALSE(json["response_ns"]["p90"].is_null());

  options.closed = true;
  EXPECT_TRUE(Json::parse(load_json(options, good_result()))["rate"]["asked"].is_null());
}

TEST(LoadJson, SampledRequestsAreApartWhenThereAreAny) {
  LoadOptions options = open_options();
  EXPECT_FALSE(Json::parse(load_json(options, good_result())).contains("response_sampled_ns"));
  options.sampling = *SampleRate::make(0.5);
  LoadResult result = good_result();
  result.times.response_sampled.record(7, 3);
  const Json json = Json::parse(load_json(options, result));
  EXPECT_EQ(json["response_sampled_ns"]["count"], 3);
  EXPECT_EQ(json["response_unsampled_ns"]["count"], 20'000);
  EXPECT_EQ(json["response_ns"]["count"], 20'003);
}

TEST(LoadWarnings, AGoodRunHasNone) {
  EXPECT_TRUE(load_warnings(open_options(), good_result()).empty());
}

TEST(LoadWarnings, BeginBelow99PercentOfTheRate) {
  LoadResult result = good_result();
  result.achieved_rate = 9'900;
  EXPECT_EQ(only_warning(result), "");
  result.achieved_rate = 9'899;
  EXPECT_NE(only_warning(result).find("were achieved"), std::string::npos);
}

TEST(LoadWarnings, BeginAboveOneErrorInAThousand) {
  LoadResult result = good_result();
  result.errors["reset"] = 20;
  EXPECT_EQ(only_warning(result), "");
  result.errors["reset"] = 21;
  result.ok -= 21;
  EXPECT_NE(only_warning(result).find("21 errors in 20,000 requests"), std::string::npos);
}

TEST(LoadWarnings, CountAttemptsWhereConnectionsFailed) {
  LoadResult result = good_result();
  result.due = result.sent = result.ok = 15;
  result.errors["connect"] = 41;
  EXPECT_NE(only_warning(result).find("41 errors in 56 attempts"), std::string::npos)
      << only_warning(result);
  EXPECT_NE(load_text(open_options(), result).find("requests  15 of 56 tried"), std::string::npos);
}

TEST(LoadWarnings, DoNotCallATargetSaturatedThatFailsAtOnce) {
  LoadResult result = good_result();
  result.ok = 12'000;
  result.achieved_rate = 6'000;
  result.errors = {{"status_500", 8'000}};
  EXPECT_EQ(only_warning(result).find("saturated"), std::string::npos) << only_warning(result);
  EXPECT_NE(only_warning(result).find("look at its output"), std::string::npos);
  result.errors = {{"timeout", 8'000}};
  EXPECT_EQ(load_warnings(open_options(), result).size(), 2U) << "time-outs come of saturation";
}

TEST(LoadWarnings, SayThatItWasInterrupted) {
  LoadResult result = good_result();
  result.achieved_rate = 5'000;
  const auto warnings = load_warnings(open_options(), result, true);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings.front(), "interrupted: the numbers are those of the 2.0 s before");
  EXPECT_TRUE(Json::parse(load_json(open_options(), result, true))["interrupted"]);
}

TEST(LoadFails, AboveTheShareOfErrorsThatIsAllowed) {
  LoadOptions options = open_options();
  options.max_errors = *SampleRate::make(0.001);
  LoadResult result = good_result();
  EXPECT_FALSE(failed_too_often(options, result));
  result.ok -= 20;
  result.errors["reset"] = 20;
  EXPECT_FALSE(failed_too_often(options, result));
  ++result.errors["reset"];
  EXPECT_TRUE(failed_too_often(options, result));
  options.max_errors = *SampleRate::make(1);
  EXPECT_FALSE(failed_too_often(options, result));
  result.ok = 0;
  EXPECT_TRUE(failed_too_often(options, result)) << "all fail";
}

LoadOptions with_thresholds(std::initializer_list<const char*> thresholds) {
  LoadOptions options = open_options();
  for (const char* text : thresholds) options.thresholds.push_back(*parse_threshold(text));
  options.max_errors = *SampleRate::make(0.001);
  return options;
}

TEST(LoadVerdict, IsTheWorstOfWhatWasAsked) {
  const LoadResult good = good_result();
  EXPECT_EQ(verdict_of(open_options(), good), ExitCode::pass);
  EXPECT_EQ(verdict_of(with_thresholds({"p50<2ms"}), good), ExitCode::pass);
  EXPECT_EQ(verdict_of(with_thresholds({"p50<2ms", "p99.99<2ms"}), good), ExitCode::inconclusive);
  EXPECT_EQ(verdict_of(with_thresholds({"p99.99<2ms", "p50<1ms"}), good), ExitCode::fail);

  LoadResult failing = good_result();
  failing.ok -= 100;
  failing.errors["reset"] = 100;
  EXPECT_EQ(verdict_of(with_thresholds({"p99.99<2ms"}), failing), ExitCode::invalid);
  EXPECT_EQ(verdict_of(with_thresholds({"errors<0.1%"}), failing), ExitCode::fail);
  EXPECT_EQ(verdict_of(with_thresholds({"p50<1ms"}), LoadResult{}), ExitCode::invalid);
}

TEST(LoadText, ShowsThresholdsAndStagesWithinItsWidth) {
  LoadOptions options = with_thresholds({"p99<50ms", "service.p99.99<1500ms", "errors<0.1%"});
  options.stages = {{std::chrono::seconds{10}, 12'345'678}};
  LoadResult result = good_result();
  result.stages.push_back({Nanos{0}, std::chrono::milliseconds{12'345}, 0, 12'345'678, 5e7, 4, {}});
  result.redirected_to = "/elsewhere";
  const std::string text = load_text(options, result);
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_NE(text.find("p99<50ms             pass         1.01 ms\n"), std::string::npos) << text;
  EXPECT_NE(text.find("cannot tell  fewer than ten"), std::string::npos) << text;
  EXPECT_NE(text.find("0 to 12.345 s"), std::string::npos) << text;
  EXPECT_NE(text.find("redirects are not followed"), std::string::npos) << text;
  const Json json = Json::parse(load_json(options, result));
  EXPECT_EQ(json["thresholds"][0]["verdict"], "pass");
  EXPECT_EQ(json["thresholds"][1]["verdict"], "cannot tell");
  EXPECT_TRUE(json["thresholds"][1]["value"].is_null());
  EXPECT_DOUBLE_EQ(json["stages"][0]["end_s"], 12.345);
}

TEST(LoadWarnings, BeginWithTheFirstRequestNeverSent) {
  LoadResult result = good_result();
  result.late = 1;
  EXPECT_NE(only_warning(result).find("never sent"), std::string::npos);
}

TEST(LoadWarnings, BeginWhereLagMattersBesideTheServiceTime) {
  LoadResult result =
      good_result();  // service p50 1 ms: the limit is 50 us, which is also the least
  result.times.lag.reset();
  result.times.lag.record(49'900, 20'000);
  EXPECT_EQ(only_warning(result), "");
  result.times.lag.reset();
  result.times.lag.record(50'200, 20'000);
  EXPECT_NE(only_warning(result).find("the driver was late itself: lag p95"), std::string::npos);
  result.times.service_unsampled.reset();
  result.times.service_unsampled.record(2'000'000, 20'000);  // now the limit is 100 us
  EXPECT_EQ(only_warning(result), "");
}

TEST(LoadWarnings, TellALateTailFromALateDriver) {
  LoadResult result = good_result();
  result.times.lag.record(200'000, 500);  // of 20,500 others: beyond p95, and not beyond p99
  EXPECT_NE(only_warning(result).find("lag p99 200 us is above 50 us; response p99 includes"),
            std::string::npos)
      << only_warning(result);
}

TEST(LoadWarnings, SayWhenNothingWasAnswered) {
  LoadResult result = good_result();
  result.ok = 0;
  EXPECT_EQ(only_warning(result), "no request was answered as expected");
}

TEST(LoadWarnings, ClosedLoopsHaveNoRateToMiss) {
  LoadOptions options = open_options();
  options.closed = true;
  LoadResult result = good_result();
  result.asked_rate = 0;
  EXPECT_EQ(only_warning(result, options), "");
}

TEST(LoadText, FitsATerminalAndHidesNoWarning) {
  LoadResult result = good_result();
  result.late = 3;
  result.achieved_rate = 1;
  for (const char* kind : {"connect", "reset", "closed", "goaway", "malformed", "timeout",
                           "unfinished", "status_404", "status_500", "status_503"}) {
    result.errors[kind] = 1'234'567;
  }
  const std::string text = load_text(open_options(), result);
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  const std::string unwrapped = std::regex_replace(text, std::regex{"\n +"}, " ");
  for (const auto& [kind, count] : result.errors)
    EXPECT_NE(unwrapped.find(kind + " 1,234,567"), std::string::npos) << kind;
  std::size_t warnings = 0;
  for (std::size_t at = text.find("warning:"); at != std::string::npos;
       at = text.find("warning:", at + 1))
    ++warnings;
  EXPECT_EQ(warnings, load_warnings(open_options(), result).size());
  EXPECT_GE(warnings, 2U);
}

TEST(LoadText, TellsWhatWasReopenedApartFromErrors) {
  LoadResult result = good_result();
  EXPECT_EQ(load_text(open_options(), result).find("reopened"), std::string::npos);
  result.reconnects = 1234;
  const std::string text = load_text(open_options(), result);
  EXPECT_NE(text.find("errors    0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("1,234 connections, 0 requests sent again"), std::string::npos) << text;
}

TEST(LoadText, ExplainsADashWhereThereIsOne) {
  LoadResult result = good_result();
  EXPECT_EQ(load_text(open_options(), result).find("-: not known"), std::string::npos);
  result.times.lag.reset();
  result.times.lag.record(10'000, 999);
  EXPECT_NE(load_text(open_options(), result).find("-: not known, for fewer than ten"),
            std::string::npos);
}

TEST(LoadText, LabelsTheTimesOfAClosedLoop) {
  LoadOptions options = open_options();
  options.closed = true;
  const std::string text = load_text(options, good_result());
  EXPECT_NE(text.find("Closed loop: times say"), std::string::npos);
  EXPECT_EQ(text.find("  response "), std::string::npos);
}

}  // namespace
}  // namespace tracetax
