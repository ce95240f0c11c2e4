// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/calibration_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/units.h"
#include "reports/tables/table.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

constexpr std::size_t kNarrowest = 60;
constexpr double kUnlikely = 0.01;

std::string percent(std::optional<double> value) {
  return value ? fmt::format("{:.2g} %", *value) : "-";
}

std::string correlation(std::optional<double> value) {
  return value ? fmt::format("{:+.2f}", *value) : "-";
}

const GateMetric* gated_as(const GateSpec& gate, Metric metric) {
  const auto found = std::ranges::find(gate.metrics, metric, &GateMetric::metric);
  return found == gate.metrics.end() ? nullptr : &*found;
}

std::string_view time_of(const GateOutlook& outlook, Effort effort) {
  const auto found = std::ranges::find(kEfforts, effort);
  return outlook.time[static_cast<std::size_t>(found - kEfforts.begin())];
}

/// "5 % or 5 us": the larger counts.
std::string budget_text(const GateMetric& gated) {
  std::string text = format_budget(gated.metric, gated.budget);
  const std::size_t bar = text.find('|');
  return bar == std::string::npos ? text : text.replace(bar, 1, " or ");
}

std::vector<std::string> row_of(const MetricCalibration& metric, const GateSpec& gate) {
  const CalibrationSummary summary = summarize(metric);
  const GateMetric* gated = gated_as(gate, metric.metric);
  std::string with = "-";
  if (gated != nullptr) {
    const auto effort = effort_for(metric, gated->budget);
    with = effort ? std::string(name_of(*effort)) : "no effort";
  }
  return {std::string(label_of(metric.metric)),
          format_value(metric.metric, summary.typical),
          percent(summary.spread_pct),
          correlation(summary.autocorrelation),
          summary.trend ? fmt::format("{:+.2f}{}", summary.trend->rho,
                                      summary.trend->p < kUnlikely ? " !" : "")
                        : "-",
          percent(detectable_pct(metric, Effort::quick)),
          percent(detectable_pct(metric, Effort::ci)),
          percent(detectable_pct(metric, Effort::full)),
          gated == nullptr ? "-" : budget_text(*gated),
          with,
          fmt::format("{}", summary.pairs)};
}

Table cell_table(const CellCalibration& cell, const GateSpec& gate) {
  Table table;
  table.columns = {{.title = "metric"},
                   {.title = "off", .right = true, .keep = 4},
                   {.title = "spread", .right = true, .keep = 5},
                   {.title = "lag 1", .right = true, .keep = 2},
                   {.title = "trend", .right = true, .keep = 3},
                   {.title = "finds at 10", .right = true},
                   {.title = "at 20", .right = true},
                   {.title = "at 40", .right = true},
                   {.title = "budget", .right = true, .keep = 7},
                   {.title = "gate with", .keep = 6},
                   {.title = "pairs", .right = true, .keep = 1}};
  for (const MetricCalibration& metric : cell.metrics) table.rows.push_back(row_of(metric, gate));
  return table;
}

/// "Can be gated: CPU per request within 5 % (--effort quick, about 1m12s), ..."
std::string what_can_be_gated(const CellCalibration& cell, const GateOutlook& outlook) {
  std::string text;
  for (const GateMetric& gated : outlook.gate.metrics) {
    const MetricCalibration* metric = find_metric(cell, gated.metric);
    const auto effort = metric == nullptr ? std::nullopt : effort_for(*metric, gated.budget);
    if (!effort) continue;
    const std::string_view time = time_of(outlook, *effort);
    text += fmt::format("{}{} within {} (--effort {}{})", text.empty() ? "" : ", ",
                        label_of(gated.metric), budget_text(gated), name_of(*effort),
                        time.empty() ? "" : fmt::format(", at most about {}", time));
  }
  return text.empty() ? "Nothing can be gated at these budgets." : "Can be gated: " + text + ".";
}

/// What is out of reach, and what to do about it; empty if nothing is.
std::string what_cannot(const CellCalibration& cell, const GateSpec& gate) {
  std::string text;
  for (const GateMetric& gated : gate.metrics) {
    const MetricCalibration* metric = find_metric(cell, gated.metric);
    if (metric == nullptr || effort_for(*metric, gated.budget)) continue;
    text += fmt::format("{}{} within {}, of which 40 pairs find {} and 60 find {}",
                        text.empty() ? "" : "; ", label_of(gated.metric), budget_text(gated),
                        percent(detectable_pct(*metric, Effort::full)),
                        percent(detectable_pct(*metric, Effort::paper)));
  }
  if (text.empty()) return "";
  return "Cannot be gated: " + text +
         ". Leave it advisory, give it a budget above what is found, or measure on a quieter "
         "machine.";
}

std::string what_is_lacking(const CellCalibration& cell) {
  std::string text;
  for (const CellCalibration::Lacking& lacking : cell.lacking) {
    text +=
        fmt::format("{}{}: {}", text.empty() ? "" : "; ", label_of(lacking.metric), lacking.reason);
  }
  return text.empty() ? "" : "Not calibrated: " + text + ".";
}

/// The effort with which everything required can be judged; nothing if none is enough.
std::optional<Effort> effort_for_required(const CellCalibration& cell, const GateSpec& gate) {
  Effort most = Effort::quick;
  for (const GateMetric& gated : gate.metrics) {
    if (!gated.required) continue;
    const MetricCalibration* metric = find_metric(cell, gated.metric);
    const auto effort = metric == nullptr ? std::nullopt : effort_for(*metric, gated.budget);
    if (!effort) return std::nullopt;
    most = std::max(most, *effort);
  }
  return most;
}

std::string recommendation(const Calibration& calibration, const CellCalibration& cell,
                           const SegmentAdvice& advice, const GateSpec& gate) {
  const std::string length = format_duration(advice.length);
  std::string text = fmt::format("Segments of {}: {}", length, advice.why);
  if (advice.length < calibration.measure) {
    text += fmt::format(
        "; those of {} measured here hold more than is needed, and more blocks of "
        "shorter ones find more in the same time (--set design.measure={})",
        format_duration(calibration.measure), format_duration_exact(advice.length));
  } else if (advice.length > calibration.measure) {
    text += fmt::format("; those of {} measured here are too short (--set design.measure={})",
                        format_duration(calibration.measure), format_duration_exact(advice.length));
  }
  text += '.';
  if (const auto effort = effort_for_required(cell, gate)) {
    text += fmt::format(" {} pairs (--effort {}) are enough for what is required.",
                        blocks_of(*effort), name_of(*effort));
  }
  return text;
}

std::string drift(const CellCalibration& cell) {
  std::string text;
  for (const MetricCalibration& metric : cell.metrics) {
    const auto trend = summarize(metric).trend;
    if (!trend || trend->p >= kUnlikely) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", label_of(metric.metric));
  }
  if (text.empty()) return "";
  return fmt::format(
      "! {} drifted while off was measured; the pairs cancel that, numbers of "
      "different runs do not.",
      text);
}

}  // namespace

std::string write_calibration_text(const Calibration& calibration, const GateOutlook& outlook,
                                   std::size_t width) {
  width = std::max(width, kNarrowest);
  std::string out =
      wrapped(fmt::format("{}: off against itself on {}, {} blocks of two segments of {}",
                          calibration.suite, calibration.cpu_model, calibration.blocks,
                          format_duration(calibration.measure)),
              width, "", "  ");
  for (std::size_t i = 0; i < calibration.cells.size(); ++i) {
    const CellCalibration& cell = calibration.cells[i];
    out += "\n" +
           wrapped(fmt::format("{} / {}, {}", cell.target, cell.scenario, format_rate(cell.rate)),
                   width, "", "  ");
    if (!cell.metrics.empty()) {
      out += "\n" + text_table(cell_table(cell, outlook.gate), width) + "\n";
      out += wrapped(what_can_be_gated(cell, outlook), width, "", "  ");
    }
    std::vector<std::string> more{what_cannot(cell, outlook.gate), what_is_lacking(cell),
                                  drift(cell)};
    if (i < outlook.segments.size() && !cell.metrics.empty()) {
      more.insert(more.begin() + 1,
                  recommendation(calibration, cell, outlook.segments[i], outlook.gate));
    }
    for (const std::string& sentence : more) {
      if (!sentence.empty()) out += wrapped(sentence, width, "", "  ");
    }
  }
  return out;
}

}  // namespace tracetax
