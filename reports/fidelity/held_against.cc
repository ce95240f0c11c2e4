// SPDX-License-Identifier: Apache-2.0
#include "reports/fidelity/held_against.h"

namespace tracetax {
namespace {

constexpr std::size_t kMonth = 7;  // characters of "2026-12"

}  // namespace

std::optional<HeldAgainst> held_against(const RunResult& result, int cell,
                                        const FidelityRecord& kept) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const TargetSpec& target = result.suite.targets.at(static_cast<std::size_t>(where.target));
  if (target.kind != TargetKind::emulated) return std::nullopt;
  HeldAgainst held{.framework = target.framework, .cpu = {}, .month = {}};
  if (const auto here = real_beside(result, cell); here && here->ratio && here->interval) {
    held.cpu = KeptRatio{.ratio = *here->ratio,
                         .low = here->interval->low,
                         .high = here->interval->high,
                         .blocks = here->blocks};
    held.month = result.started_at.substr(0, kMonth);
    return held;
  }
  const auto known = kept.frameworks.find(target.framework);
  if (known == kept.frameworks.end()) return held;
  const auto ratio = known->second.ratios.find(id_of(result.suite, FidelityQuantity{}));
  if (ratio == known->second.ratios.end()) return held;
  held.cpu = ratio->second;
  held.month = known->second.date.substr(0, kMonth);
  return held;
}

}  // namespace tracetax
