// What a machine can resolve: off measured against itself tells, for each metric, how small an
// effect a gate would find. Pure; the command that measures is
// harness/cli/gate/calibrate_command.cc, the file is reports/record/calibration_json.h's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/gate/effort.h"
#include "harness/core/gate/gate_spec.h"
#include "harness/core/run_result.h"
#include "harness/stats/trend.h"

namespace tracetax {

/// In the order of what they cost.
inline constexpr std::array kEfforts{Effort::quick, Effort::ci, Effort::full, Effort::paper};

/// The pairs themselves: what they say is worked out when it is asked for, never stored.
struct MetricCalibration {
  Metric metric = Metric::cpu_per_request;
  std::vector<double> off, off2;  // of the same blocks, in block order; unit_of(metric), positive
};

struct CellCalibration {
  std::string target, scenario;
  double rate = 0;                         // requests/s
  std::vector<MetricCalibration> metrics;  // those with six pairs at least
  struct Lacking {
    Metric metric = Metric::cpu_per_request;
    std::string reason;
  };
  std::vector<Lacking> lacking;
};

struct Calibration {
  std::string suite, measured_at;
  std::string machine, cpu_model;  // fingerprint; for people
  Nanos measure{0};                // length of a segment
  std::optional<Nanos> slice;      // Design::slice
  std::string rate;                // as the suite asks for it: "auto:0.2", "2000/s"
  int blocks = 0;
  double block_s = 0;  // a block of two arms took so long, about; 0: not known
  std::vector<CellCalibration> cells;
};

/// `result` has the arm off first and an arm of the role sham; `analysis` is its own. Everything
/// but block_s.
[[nodiscard]] Calibration calibrate(const RunResult& result, const Analysis& analysis);

/// What the pairs of one metric say.
struct CalibrationSummary {
  int pairs = 0;
  double typical = 0;                     // median of off, unit_of(metric)
  double spread_pct = 0;                  // standard deviation of ln(off2 / off), in percent
  std::optional<double> autocorrelation;  // lag 1, of that; shared noise would show here
  std::optional<Trend> trend;             // of off over the blocks
};
[[nodiscard]] CalibrationSummary summarize(const MetricCalibration& metric);

/// The effect beyond the budget, in percent, that a look finds with 80 % power. Nothing if so few
/// pairs find none. The pairs of off and off2 stand for pairs of off and a traced arm, whose noise
/// is the same or a little larger.
[[nodiscard]] std::optional<double> detectable_pct(const MetricCalibration& metric,
                                                   const Look& look);
/// The same at the last look of an effort.
[[nodiscard]] std::optional<double> detectable_pct(const MetricCalibration& metric, Effort effort);
/// The budget as a percentage of what the metric typically is.
[[nodiscard]] double budget_pct(const MetricCalibration& metric, const Budget& budget);
/// The cheapest effort whose detectable effect is within `budget`; nothing if none is.
[[nodiscard]] std::optional<Effort> effort_for(const MetricCalibration& metric,
                                               const Budget& budget);

/// Null if it was not measured.
[[nodiscard]] const CellCalibration* find_cell(const Calibration& calibration,
                                               std::string_view target, std::string_view scenario);
[[nodiscard]] const MetricCalibration* find_metric(const CellCalibration& cell, Metric metric);

/// One calibration per suite and machine; the newest stays, and of all the newest
/// kMostCalibrations.
inline constexpr std::size_t kMostCalibrations = 500;
void put_calibration(std::vector<Calibration>& all, Calibration fresh);
/// Of this suite on this machine; null if there is none.
[[nodiscard]] const Calibration* find_calibration(const std::vector<Calibration>& all,
                                                  std::string_view suite, std::string_view machine);

/// Why the calibration says nothing about `suite` as it would be measured now (segments of another
/// length, another rate); empty if it does.
[[nodiscard]] std::string why_unfit(const Calibration& calibration, const Suite& suite);

/// The required metrics whose budget is below what `calibration` says can be found at the gate's
/// last look: a sentence each, with what to do. Empty: all can be judged. A metric without a
/// calibration does not count against the gate.
[[nodiscard]] std::vector<std::string> unresolvable(const Calibration& calibration,
                                                    const GateSpec& gate, const Suite& suite);

}  // namespace tracetax
