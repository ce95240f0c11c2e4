// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/words/sentences.h"

namespace tracetax {
namespace {

std::string lacking(bool is_void, Language language) {
  return std::string(is_void ? pick(language, "void", "无效") : kNotMeasured);
}

}  // namespace

std::string level_cell(Metric metric, const Level& level, Language language) {
  if (!level.value) return lacking(level.blocks_void > 0, language);
  if (!level.interval) {
    return fmt::format("{} (n={})", format_value(metric, level.value), level.blocks);
  }
  const UnitStep& unit = fitting_step(metric->unit.steps, *level.value);
  const Interval scaled{.low = level.interval->low / unit.size,
                        .high = level.interval->high / unit.size,
                        .level = level.interval->level};
  return format_amount(*level.value / unit.size, scaled, unit.name);
}

std::string change_cell(const Comparison* change, Language language) {
  if (change == nullptr) return std::string(kNotMeasured);
  if (change->word == Word::void_ || !change->estimate_pct || !change->interval_pct) {
    return lacking(change->blocks_void > 0, language);
  }
  if (change->word != Word::within_noise) {
    return format_effect(*change->estimate_pct, *change->interval_pct);
  }
  const double most =
      std::max(std::abs(change->interval_pct->low), std::abs(change->interval_pct->high));
  return fmt::format("≈0 (±{} %)", format_number(most));
}

std::string rank_cell(const std::optional<RankRange>& rank) {
  if (!rank) return std::string(kNotMeasured);
  if (rank->first == rank->last) return fmt::format("{}", rank->first);
  return fmt::format("{}-{}", rank->first, rank->last);
}

std::string amount_cell(const std::optional<double>& us, const std::optional<Interval>& interval) {
  if (!us || !interval) return std::string(kNotMeasured);
  return format_amount(*us, *interval, "us");
}

std::string number_cell(const std::optional<double>& value) {
  return value ? format_number(*value) : std::string(kNotMeasured);
}

}  // namespace tracetax
