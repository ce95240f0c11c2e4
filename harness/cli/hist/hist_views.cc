// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/hist/hist_views.h"

#include "harness/core/text/effect_text.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

constexpr const char* kNotSupported = "-";

bool supports(const Histogram& histogram, double percent) {
  return percent >= 100 ? !histogram.empty() : histogram.supports(percent / 100);
}

std::string cell(const Histogram& histogram, double percent, const ValueScale& scale) {
  if (!supports(histogram, percent)) return kNotSupported;
  return scale.shown(static_cast<double>(histogram.percentile(percent)));
}

std::string count_of(const Histogram& histogram) {
  return format_count(static_cast<unsigned long long>(histogram.count()));
}

std::string percentile_name(double percent) { return fmt::format("p{}", percent); }

void add_percentiles(Table& table, const HistView& view) {
  for (const double percent : view.percentiles)
    table.columns.push_back({percentile_name(percent), true, percent > 99 ? 1 : 0});
  table.columns.insert(table.columns.end(), {{"max", true}, {"mean", true, 2}});
}

void add_values(std::vector<std::string>& row, const Histogram& histogram, const HistView& view) {
  for (const double percent : view.percentiles) row.push_back(cell(histogram, percent, view.scale));
  row.push_back(cell(histogram, 100, view.scale));
  row.push_back(histogram.empty() ? kNotSupported : view.scale.shown(histogram.mean()));
}

}  // namespace

std::string ValueScale::shown(double recorded) const {
  return is_time ? format_nanos(recorded * factor) : format_number(recorded * factor);
}

std::string tag_in_text(std::string_view tag) {
  return tag.empty() ? "(no tag)" : printable(tag, 200);
}

std::string hist_table(std::span<const TagTotal> totals, const HistView& view) {
  return text_table(hist_rows(totals, view), view.width);
}

Table hist_rows(std::span<const TagTotal> totals, const HistView& view) {
  Table table{.columns = {{"tag"}, {"values", true}}, .rows = {}};
  add_percentiles(table, view);
  for (const TagTotal& total : totals) {
    std::vector<std::string> row{tag_in_text(total.tag), count_of(total.histogram)};
    add_values(row, total.histogram, view);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string interval_table(const HdrLog& log, const LogSelection& selection, const HistView& view) {
  Table table{.columns = {{"start", true}, {"length", true}, {"tag"}, {"values", true}},
              .rows = {}};
  add_percentiles(table, view);
  for (const HdrLogInterval& interval : log.intervals) {
    if (!selection.takes(interval)) continue;
    std::vector<std::string> row{fmt::format("{:.3f} s", interval.start_s),
                                 fmt::format("{:.3f} s", interval.length_s),
                                 tag_in_text(interval.tag), count_of(interval.histogram)};
    add_values(row, interval.histogram, view);
    table.rows.push_back(std::move(row));
  }
  return text_table(std::move(table), view.width);
}

std::string hist_difference(const HistSide& before, const HistSide& after, const HistView& view) {
  Table table{.columns = {{""}, {before.name, true}, {after.name, true}, {"ratio", true}},
              .rows = {{"values", count_of(before.histogram), count_of(after.histogram), ""}}};
  std::vector<double> percentiles = view.percentiles;
  percentiles.push_back(100);
  for (const double percent : percentiles) {
    const auto value = [percent](const Histogram& histogram) {
      return static_cast<double>(histogram.percentile(percent));
    };
    const bool told = supports(before.histogram, percent) && supports(after.histogram, percent) &&
                      value(before.histogram) > 0;
    table.rows.push_back(
        {percent >= 100 ? "max" : percentile_name(percent),
         cell(before.histogram, percent, view.scale), cell(after.histogram, percent, view.scale),
         told ? fmt::format("{:.3f}", value(after.histogram) / value(before.histogram))
              : kNotSupported});
  }
  return text_table(std::move(table), view.width);
}

}  // namespace tracetax
