// The picture of `hist --plot`: characters, for a terminal.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "harness/cli/hist/hist_views.h"

namespace tracetax {
namespace {

constexpr std::size_t kRows = 16, kLabel = 10, kNarrowest = 20;
constexpr double kLogFrom = 20;  // greatest by least, from which on the scale is logarithmic

/// Values from `low` to `high` as rows from 0 (the lowest) on.
struct Rows {
  double low = 0, high = 1;
  bool logarithmic = false;

  [[nodiscard]] double share(double value) const {
    if (high <= low) return 0;
    if (!logarithmic) return (value - low) / (high - low);
    return std::log(std::max(value, low) / low) / std::log(high / low);
  }
  [[nodiscard]] std::size_t row(double value) const {
    return static_cast<std::size_t>(std::lround(std::clamp(share(value), 0.0, 1.0) * (kRows - 1)));
  }
  [[nodiscard]] double value(std::size_t row) const {
    const double at = static_cast<double>(row) / (kRows - 1);
    return logarithmic ? low * std::pow(high / low, at) : low + at * (high - low);
  }
};

Rows rows_of(std::span<const TagTotal> totals) {
  Rows rows{.low = INFINITY, .high = 0};
  for (const TagTotal& total : totals) {
    rows.low = std::min(rows.low, static_cast<double>(total.histogram.min()));
    rows.high = std::max(rows.high, static_cast<double>(total.histogram.max()));
  }
  rows.low = std::max(rows.low, 1.0);
  rows.logarithmic = rows.high > kLogFrom * rows.low;
  if (!rows.logarithmic) rows.low = 0;
  return rows;
}

/// Nines of the last percentile that has a value beyond it: of 1000 values 3.
double nines_of(std::span<const TagTotal> totals) {
  double nines = 1;
  for (const TagTotal& total : totals)
    nines = std::max(nines, std::log10(static_cast<double>(total.histogram.count())));
  return nines;
}

char letter(std::size_t series) { return static_cast<char>('a' + series % 26); }

std::string percent_axis(std::size_t columns, double nines) {
  std::string axis(columns + 8, ' ');
  for (int nine = 0; nine <= static_cast<int>(nines); ++nine) {
    const auto at = static_cast<std::size_t>(static_cast<double>(columns - 1) * nine / nines);
    const std::string label =
        nine == 0 ? "0%"
                  : fmt::format("{:.{}f}%", 100 - std::pow(10, 2 - nine), std::max(0, nine - 2));
    axis.replace(at, label.size(), label);
    axis.resize(columns + 8, ' ');
  }
  axis.erase(axis.find_last_not_of(' ') + 1);
  return axis;
}

}  // namespace

std::string hist_plot(std::span<const TagTotal> totals, const HistView& view) {
  const std::size_t columns = std::max(view.width, kLabel + kNarrowest + 8) - kLabel - 8;
  const Rows rows = rows_of(totals);
  const double nines = nines_of(totals);
  std::vector<std::string> canvas(kRows, std::string(columns, ' '));
  // The first series is drawn last: it is the one that others are held against.
  for (std::size_t series = totals.size(); series-- > 0;) {
    const Histogram& histogram = totals[series].histogram;
    const double count = static_cast<double>(histogram.count());
    for (std::size_t x = 0; x < columns; ++x) {
      const double beyond =
          std::pow(10, -nines * static_cast<double>(x) / static_cast<double>(columns - 1));
      if (beyond * count < 1) break;
      const auto value = static_cast<double>(histogram.percentile(100 * (1 - beyond)));
      canvas[rows.row(value)][x] = letter(series);
    }
  }
  std::string out;
  for (std::size_t row = kRows; row-- > 0;) {
    const std::string label = row % 5 == 0 ? view.scale.shown(rows.value(row)) : "";
    canvas[row].erase(canvas[row].find_last_not_of(' ') + 1);
    out += fmt::format("{:>{}} |{}\n", label, kLabel - 2, canvas[row]);
  }
  out += fmt::format("{:>{}} +{}\n{:>{}}{}\n", "", kLabel - 2, std::string(columns, '-'), "",
                     kLabel, percent_axis(columns, nines));
  for (std::size_t series = 0; series < totals.size(); ++series)
    out += fmt::format("  {} {}\n", letter(series), tag_in_text(totals[series].tag));
  return out + (rows.logarithmic ? "  (values on a logarithmic scale)\n" : "");
}

}  // namespace tracetax
