// One run of a gate on arms whose difference is known, and what many of them prove: how often it
// fails without a reason, how often it finds what is there. Pure; runs are made by
// harness/cli/gate/selftest_command.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/gate/judgement.h"
#include "harness/core/gate/effort.h"
#include "harness/core/gate/gate_spec.h"
#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// What was put between the two arms.
enum class Injection {
  none,     // A/A: the same arm twice
  cpu,      // work, judged by CPU per request
  busy,     // the same on a thread beside the requests, as an exporter works
  latency,  // work, judged by response p50
  drop,     // spans that vanish: the run must be invalid
};
[[nodiscard]] std::string_view name_of(Injection injection);  // "aa" "cpu" "busy" "latency" "drop"
[[nodiscard]] std::optional<Injection> injection_from(std::string_view name);

struct SelftestRecord {
  Injection injection = Injection::none;
  std::string asked;       // "cpu:10%"; "aa"
  std::string started_at;  // RFC 3339, UTC
  std::string suite, suite_digest, machine, cpu_model;
  int cpus = 0;
  Effort effort = Effort::quick;
  std::string budget;  // of the judged metric, as format_budget writes it
  Verdict verdict = Verdict::invalid;
  std::string reason;               // why invalid
  double seconds = 0;               // the whole run took
  int pairs = 0;                    // at the look that decided
  std::optional<double> truth_pct;  // what was injected, of this run's own off
  std::optional<double> estimate_pct, low_pct, high_pct;
  std::vector<double> log_ratios;                        // of the pairs, in block order
  std::uint64_t spans_expected = 0, spans_received = 0;  // of the judged arm
};

/// A line of the log, without the line break.
[[nodiscard]] std::string to_json_line(const SelftestRecord& record);
/// All lines of a log. Error (usage) with the line that is none.
[[nodiscard]] Result<std::vector<SelftestRecord>> parse_selftest_log(std::string_view text,
                                                                     std::string_view file);

/// The record of a judged run; its one required test is what was injected into.
[[nodiscard]] SelftestRecord record_of(const RunResult& result, const Judgement& judgement);

}  // namespace tracetax
