// SPDX-License-Identifier: Apache-2.0
#include "reports/pictures/frameworks_picture.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/core/text/units.h"
#include "harness/stats/sample.h"
#include "reports/frameworks/framework_cells.h"
#include "reports/words/held_words.h"

namespace tracetax {
namespace {

constexpr double kTooLong = 4;  // times the median: such a bar would hide what the others differ by

double cpu_of(const FrameworkRow& row) {
  return row.off.at(Metric::cpu_per_request).value.value_or(0);
}

std::string us(double value) { return format_nanos(1e3 * value); }

PlotRow row_of(const RankedRow& ranked) {
  const FrameworkRow& row = ranked.row;
  const double off = cpu_of(row);
  PlotRow plotted{.name = row.emulated ? "emulated" : row.kind, .parts = {{0, off, 0, us(off)}}};
  if (row.held && row.held->cpu)
    plotted.name += fmt::format(" (real: {:.3g} x)", row.held->cpu->ratio);
  plotted.value = change_cell(overhead(row), Language::english);
  if (ranked.rank) plotted.value += ", rank " + rank_cell(ranked.rank, Language::english);
  if (row.cost != nullptr && row.cost->a_us && row.cost->b_us) {
    const double a = off + std::max(*row.cost->a_us, 0.0), b = a + std::max(*row.cost->b_us, 0.0);
    plotted.parts.push_back({off, a, 1, "a: " + us(a - off)});
    plotted.parts.push_back({a, b, 2, "b: " + us(b - a)});
  }
  return plotted;
}

}  // namespace

std::optional<Picture> frameworks_picture(const FrameworkRows& rows, const std::string& what) {
  std::vector<double> costs;
  for (const FrameworkRow& row : rows) {
    if (cpu_of(row) > 0) costs.push_back(cpu_of(row));
  }
  const double longest = kTooLong * median(costs).value_or(0);
  RowPlot plot;
  plot.axis = empty_axis("CPU per request when every request is sampled, us");
  include(plot.axis, 0);
  // By name, in the order of the real ones; those that are emulated only follow in theirs.
  std::vector<std::pair<std::string, std::vector<PlotRow>>> drawn;
  std::vector<std::string> left_out;
  for (const FrameworkRows& group : by_kind(rows)) {
    for (const RankedRow& ranked :
         tracetax::ranked(group, by_change(Metric::cpu_per_request, {}, false))) {
      const FrameworkRow& row = ranked.row;
      if (cpu_of(row) <= 0) continue;
      if (cpu_of(row) > longest) {
        left_out.push_back(fmt::format("{} ({}, {})", row.name, row.kind, us(cpu_of(row))));
        continue;
      }
      auto place = std::ranges::find(drawn, row.name, &decltype(drawn)::value_type::first);
      if (place == drawn.end()) place = drawn.insert(place, {row.name, {}});
      place->second.push_back(row_of(ranked));
    }
  }
  for (auto& [name, pair] : drawn) {
    pair.front().heading = name;
    for (PlotRow& row : pair) {
      include(plot.axis, row.parts.back().to);
      plot.rows.push_back(std::move(row));
    }
  }
  if (plot.rows.empty()) return std::nullopt;
  plot.legend = {
      {"untraced", 0, true}, {"a: every request", 1, true}, {"b: a sampled one", 2, true}};
  std::string caption =
      "CPU time of one request that is sampled: without tracing, what tracing adds to every "
      "request "
      "(a), and to a sampled one on top (b). At the end of each bar stands the overhead of all of "
      "tracing in percent with its 95 % interval, and the rank among those of its kind. Emulated "
      "ones are C++ programs; beside each stands how many times as much CPU the real one takes "
      "untraced. ~ is within noise.";
  if (!left_out.empty())
    caption += fmt::format(" Left out, as their bars would hide the others: {}.",
                           fmt::join(left_out, ", "));
  std::string id = "frameworks-" + what;
  std::ranges::transform(id, id.begin(), [](unsigned char c) { return std::tolower(c); });
  return make_picture({id, "What tracing costs: " + what, caption}, plot);
}

}  // namespace tracetax
