// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/gate_calibration.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text/quote.h"
#include "harness/run/machine.h"
#include "reports/record/calibration_json.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

/// "; off has 20 us, so a budget of 5 us is 25 %".
std::string share_of_amount(const Budget& budget, const MetricCalibration& metric) {
  const double typical = summarize(metric).typical;
  if (!budget.absolute || typical <= 0) return "";
  return fmt::format(
      "; off has {}, so a budget of {} is {:.2g} %", format_value(metric.metric, typical),
      format_value(metric.metric, *budget.absolute), 100 * *budget.absolute / typical);
}

/// "  CPU per request of gin / get-user finds 4.1 % beyond its budget with 10 pairs, 2.9 % with
/// 20".
std::string what_looks_find(const CellCalibration& cell, const MetricCalibration& metric,
                            const GateSpec& gate) {
  std::string text =
      fmt::format("  {} of {} / {}: ", label_of(metric.metric), cell.target, cell.scenario);
  for (const Look& look : gate.looks) {
    const auto found = detectable_pct(metric, look);
    const bool first = &look == &gate.looks.front();
    text += fmt::format("{}{} with {}{}", first ? "" : ", ",
                        found ? fmt::format("{:.2g} %", *found) : std::string("nothing"),
                        look.pairs, first ? " pairs" : "");
  }
  return text;
}

std::string describe_detectable(const Calibration& calibration, const Suite& suite,
                                const GateSpec& gate) {
  std::string text = fmt::format(
      "  found beyond the budget with 80 % power, as calibrated at {}:\n", calibration.measured_at);
  for (const TargetSpec& target : suite.targets) {
    for (const ScenarioSpec& scenario : suite.scenarios) {
      const CellCalibration* cell = find_cell(calibration, target.name, scenario.name);
      if (cell == nullptr || !is_for(scenario, target)) continue;
      for (const GateMetric& gated : gate.metrics) {
        if (const MetricCalibration* metric = find_metric(*cell, gated.metric)) {
          text += "  " + what_looks_find(*cell, *metric, gate) +
                  share_of_amount(gated.budget, *metric) + '\n';
        } else {
          text += fmt::format("    {} of {} / {}: not calibrated\n", label_of(gated.metric),
                              cell->target, cell->scenario);
        }
      }
    }
  }
  return text;
}

}  // namespace

Result<CalibrationLookup> look_up_calibration(const std::string& file, const Suite& suite) {
  const auto all = load_calibrations(file);
  if (!all) return failure(all.error().within("--calibration"));
  CalibrationLookup lookup;
  const auto same_suite = std::ranges::find(*all, suite.name, &Calibration::suite);
  if (same_suite == all->end()) {
    lookup.why_not = fmt::format("{} holds no calibration of {}", quote(file), suite.name);
    return lookup;
  }
  lookup.is_known = true;
  const Calibration* found = find_calibration(*all, suite.name, probe_machine().fingerprint_sha256);
  if (found == nullptr) {
    lookup.why_not =
        fmt::format("{} holds no calibration of {} on this machine", quote(file), suite.name);
    return lookup;
  }
  const std::string unfit = why_unfit(*found, suite);
  if (unfit.empty()) {
    lookup.found = *found;
  } else {
    lookup.why_not =
        fmt::format("the calibration of {} in {} is not used: {}", suite.name, quote(file), unfit);
  }
  return lookup;
}

Resolution check_resolution(const CalibrationLookup& calibration, const Suite& suite,
                            const GateSpec& gate) {
  if (!calibration.found) {
    return {.beyond = {},
            .detectable = fmt::format("  {}; tracetax calibrate {} would tell what can be found\n",
                                      calibration.why_not, suite.path)};
  }
  return {.beyond = unresolvable(*calibration.found, gate, suite),
          .detectable = describe_detectable(*calibration.found, suite, gate)};
}

}  // namespace tracetax
