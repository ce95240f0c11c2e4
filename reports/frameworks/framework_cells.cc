// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_cells.h"

#include <fmt/format.h>

#include "harness/core/text/units.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

std::string not_known(Language language) {
  return std::string(pick(language, "not known", "未知"));
}

}  // namespace

std::string why_no_number(int blocks, int measured, Language language) {
  if (measured == 0) return std::string(pick(language, "not measured", "未测量"));
  if (blocks == 0) return say(language, "void (0 of {})", "无效（{} 个区组）", measured);
  return say(language, "too few blocks ({} of {})", "区组太少（{} / {}）", blocks, measured);
}

std::string level_cell(Metric metric, const Level& level, Language language) {
  if (!level.value) return why_no_number(0, level.measured, language);
  if (!level.interval) {
    return say(language, "{} ({} of {})", "{}（{} / {}）", format_value(metric, level.value),
               level.blocks, level.measured);
  }
  const UnitStep& unit = fitting_step(metric->unit.steps, *level.value);
  const Interval scaled{.low = level.interval->low / unit.size,
                        .high = level.interval->high / unit.size,
                        .level = level.interval->level};
  return format_amount(*level.value / unit.size, scaled, std::string(unit.name).c_str());
}

std::string change_cell(const Comparison* change, Language language) {
  if (change == nullptr) return why_no_number(0, 0, language);
  if (change->word == Word::void_ || !change->estimate_pct || !change->interval_pct) {
    return why_no_number(change->blocks,
                         change->blocks + change->blocks_void + change->blocks_lacking, language);
  }
  return (change->word == Word::within_noise ? "~ " : "") +
         format_effect(*change->estimate_pct, *change->interval_pct);
}

std::string amount_cell(double us, const Interval& interval) {
  const bool told = interval.low > 0 || interval.high < 0;
  return (told ? "" : "~ ") + format_amount(us, interval, "us");
}

std::string value_in(const std::string& cell) { return cell.substr(0, cell.find(" [")); }

std::string interval_in(const std::string& cell) {
  const auto at = cell.find(" [");
  return at == std::string::npos ? "" : cell.substr(at + 1);
}

std::string rank_cell(const std::optional<RankRange>& rank, Language language) {
  if (!rank) return std::string(pick(language, "none", "无"));
  if (rank->first == rank->last) return fmt::format("{}", rank->first);
  return fmt::format("{}-{}", rank->first, rank->last);
}

std::string number_cell(const std::optional<double>& value, Language language) {
  return value ? format_number(*value) : not_known(language);
}

std::string rate_cell(double rate, Language language) {
  return rate > 0 ? format_rate(rate) : not_known(language);
}

}  // namespace tracetax
