// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/selftest_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/gate_reader.h"

namespace tracetax {
namespace {

constexpr std::array<std::pair<Injection, std::string_view>, 5> kNames{
    {{Injection::none, "aa"},
     {Injection::cpu, "cpu"},
     {Injection::busy, "busy"},
     {Injection::latency, "latency"},
     {Injection::drop, "drop"}}};
constexpr std::array kVerdicts{Verdict::pass, Verdict::fail, Verdict::inconclusive,
                               Verdict::invalid};

Json value_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

SelftestRecord read_record(const Json& json, Mistakes& mistakes) {
  constexpr double kAnything = 1e300;
  SelftestRecord record;
  JsonFields fields(json, "", mistakes);
  for (const char* key : {"injection", "asked", "started_at", "suite", "effort", "verdict"})
    fields.require(key, "a text");
  const auto text = [&](const char* key) { return fields.text(key).value_or(""); };
  const auto number = [&](const char* key) { return fields.number(key, -kAnything, kAnything); };
  const auto injection = injection_from(text("injection"));
  if (!injection) fields.mistake("injection", "is not aa, cpu, busy, latency or drop");
  record.injection = injection.value_or(Injection::none);
  record.asked = text("asked");
  record.started_at = text("started_at");
  record.suite = text("suite");
  record.suite_digest = text("suite_digest");
  record.machine = text("machine");
  record.cpu_model = text("cpu_model");
  record.cpus = static_cast<int>(fields.integer("cpus", 0, 100'000).value_or(0));
  record.effort = fields.parsed("effort", parse_effort).value_or(record.effort);
  record.budget = text("budget");
  const auto verdict = std::ranges::find(kVerdicts, text("verdict"),
                                         [](Verdict v) { return std::string(name_of(v)); });
  if (verdict == kVerdicts.end())
    fields.mistake("verdict", "is not pass, fail, inconclusive or invalid");
  record.verdict = verdict == kVerdicts.end() ? Verdict::invalid : *verdict;
  record.reason = text("reason");
  record.seconds = number("seconds").value_or(0);
  record.pairs = static_cast<int>(fields.integer("pairs", 0, 100'000).value_or(0));
  record.truth_pct = number("truth_pct");
  record.estimate_pct = number("estimate_pct");
  record.low_pct = number("low_pct");
  record.high_pct = number("high_pct");
  if (const Json* ratios = fields.array("log_ratios")) {
    for (const Json& ratio : *ratios) {
      if (ratio.is_number()) record.log_ratios.push_back(ratio.get<double>());
    }
  }
  record.spans_expected = fields.unsigned_integer("spans_expected").value_or(0);
  record.spans_received = fields.unsigned_integer("spans_received").value_or(0);
  return record;
}

}  // namespace

std::string_view name_of(Injection injection) {
  return std::ranges::find(kNames, injection, &std::pair<Injection, std::string_view>::first)
      ->second;
}

std::optional<Injection> injection_from(std::string_view name) {
  const auto found =
      std::ranges::find(kNames, name, &std::pair<Injection, std::string_view>::second);
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

std::string to_json_line(const SelftestRecord& record) {
  Json json = Json::object();
  json["injection"] = name_of(record.injection);
  json["asked"] = record.asked;
  json["started_at"] = record.started_at;
  json["suite"] = record.suite;
  json["suite_digest"] = record.suite_digest;
  json["machine"] = record.machine;
  json["cpu_model"] = record.cpu_model;
  json["cpus"] = record.cpus;
  json["effort"] = name_of(record.effort);
  json["budget"] = record.budget;
  json["verdict"] = name_of(record.verdict);
  json["reason"] = record.reason;
  json["seconds"] = record.seconds;
  json["pairs"] = record.pairs;
  json["truth_pct"] = value_or_null(record.truth_pct);
  json["estimate_pct"] = value_or_null(record.estimate_pct);
  json["low_pct"] = value_or_null(record.low_pct);
  json["high_pct"] = value_or_null(record.high_pct);
  json["log_ratios"] = record.log_ratios;
  json["spans_expected"] = record.spans_expected;
  json["spans_received"] = record.spans_received;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<SelftestRecord>> parse_selftest_log(std::string_view text,
                                                       std::string_view file) {
  std::vector<SelftestRecord> records;
  int number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    ++number;
    if (line.empty()) continue;
    const std::string place = fmt::format("{}:{}", file, number);
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded())
      return failure(ExitCode::usage, place + ": is no line of a selftest log (not JSON)");
    Mistakes mistakes(place);
    SelftestRecord record = read_record(json, mistakes);
    if (!mistakes.empty()) return failure(mistakes.error());
    records.push_back(std::move(record));
  }
  return records;
}

SelftestRecord record_of(const RunResult& result, const Judgement& judgement) {
  SelftestRecord record;
  record.started_at = result.started_at;
  record.suite = result.suite.name;
  record.suite_digest = result.suite.digest_sha256;
  record.machine = result.machine.fingerprint_sha256;
  record.cpu_model = result.machine.cpu_model;
  record.cpus = result.machine.cpus_allowed;
  record.effort = result.gate->effort;
  record.verdict = judgement.verdict;
  if (!judgement.invalid.empty()) record.reason = judgement.invalid.front();
  const auto test = std::ranges::find_if(judgement.tests, &GatedTest::required);
  if (test != judgement.tests.end()) {
    record.budget = format_budget(test->metric, test->budget);
    record.pairs = test->pairs;
    record.estimate_pct = test->estimate_pct;
    if (test->interval_pct) {
      record.low_pct = test->interval_pct->low;
      record.high_pct = test->interval_pct->high;
    }
    record.log_ratios = test->log_ratios;
  }
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.arm == 0) continue;
    record.spans_expected += segment.receipt.expected;
    record.spans_received += segment.receipt.received;
  }
  return record;
}

}  // namespace tracetax
