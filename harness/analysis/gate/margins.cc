// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/gate/margins.h"

#include <fmt/format.h>

#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

Result<double> margin_of(const Budget& budget, std::string_view text) {
  constexpr double kBelow = 100;  // nothing can get better by all of it
  if (!budget.pct || budget.absolute || *budget.pct >= kBelow) {
    return failure(ExitCode::usage, fmt::format("{} is no percentage from 0 to below 100, such as "
                                                "\"3%\"; absolute amounts are not compared",
                                                quote(text)));
  }
  return *budget.pct;
}

}  // namespace

double Margins::of(Metric metric) const {
  const auto found = pct.find(metric);
  return found == pct.end() ? metric->margin_pct : found->second;
}

Result<Margins> parse_margins(std::string_view text) {
  Margins margins;
  if (text.find('=') == std::string_view::npos) {
    const auto budget = parse_budget(Metric::cpu_per_request, text);
    if (!budget) return failure(budget.error());
    const auto pct = margin_of(*budget, text);
    if (!pct) return failure(pct.error());
    for (const Metric metric : all_metrics()) margins.pct[metric] = *pct;
    return margins;
  }
  const auto budgets = parse_budgets(text);
  if (!budgets) return failure(budgets.error());
  for (const GateMetric& gated : *budgets) {
    const auto pct = margin_of(gated.budget, text);
    if (!pct) return failure(pct.error());
    margins.pct[gated.metric] = *pct;
  }
  return margins;
}

}  // namespace tracetax
