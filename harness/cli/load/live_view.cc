// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/live_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "harness/cli/load/load_summary.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/wrap.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostBars = 12;
constexpr std::size_t kFewestBars = 3;
constexpr std::size_t kWidestBar = 50;

enum class Ink { plain, strong, alarm };
struct Line {
  std::string text;
  Ink ink = Ink::plain;
};
using Lines = std::vector<Line>;

std::string seconds_text(double seconds) { return fmt::format("{:.1f} s", seconds); }

/// 0 to 1 of the phase, and how to say it.
std::pair<double, std::string> progress(const LoadOptions& options, const LiveTotals& totals) {
  if (options.count) {
    const std::uint64_t done = totals.so_far().ok + totals.so_far().errors.total();
    return {static_cast<double>(done) / static_cast<double>(*options.count),
            fmt::format("{} of {} requests", format_count(done), format_count(*options.count))};
  }
  const double length_s = static_cast<double>(options.duration.count()) / 1e9;
  return {totals.elapsed_s() / length_s,
          fmt::format("{} of {}", seconds_text(std::min(totals.elapsed_s(), length_s)),
                      format_nanos(static_cast<double>(options.duration.count())))};
}

/// `share` of `width` cells, in eighths where the terminal can.
std::string bar(double share, std::size_t width, bool utf8) {
  static constexpr std::array<const char*, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double cells = std::clamp(share, 0.0, 1.0) * static_cast<double>(width);
  if (!utf8) return std::string(static_cast<std::size_t>(std::ceil(cells - 1e-9)), '#');
  const auto eighths = static_cast<std::size_t>(std::ceil(cells * 8 - 1e-9));
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

std::string padded(std::string text, std::size_t width) {
  text.append(width - std::min(width, display_width(text)), ' ');
  return text;
}

Line progress_bar(const LoadOptions& options, const LiveTotals& totals, const Screen& screen,
                  std::size_t width) {
  const auto [share, words] = progress(options, totals);
  const std::size_t room = width - std::min(width, words.size() + 4);
  const std::size_t cells = std::min(room, kWidestBar);
  if (cells < 5) return {words};
  return {fmt::format("[{}] {}", padded(bar(share, cells, screen.utf8), cells), words)};
}

std::string quantile_text(const Histogram& times, double quantile) {
  if (!times.supports(quantile)) return "-";
  return format_nanos(times.quantile_interpolated(quantile));
}

void add_table(Lines& lines, const LoadOptions& options, const LiveTotals& totals) {
  const LoadTick now = totals.last_second();
  const LoadTick& all = totals.so_far();
  const auto row = [&](std::string_view name, const std::string& last, const std::string& whole,
                       Ink ink = Ink::plain) {
    lines.push_back({fmt::format("{:<10}{:>13}{:>13}", name, last, whole), ink});
  };
  const auto rate = [](std::uint64_t count, double seconds) {
    return seconds > 0 ? format_rate(static_cast<double>(count) / seconds) : "-";
  };
  row("", "last second", "so far", Ink::strong);
  row("rate", rate(now.ok, totals.last_second_s()), rate(all.ok, totals.elapsed_s()));
  const auto count_row = [&](std::string_view name, std::uint64_t last, std::uint64_t whole) {
    row(name, format_count(last), format_count(whole), whole > 0 ? Ink::alarm : Ink::plain);
  };
  count_row("errors", now.errors.total(), all.errors.total());
  if (all.late > 0) count_row("never sent", now.late, all.late);
  for (const auto& [name, quantile] :
       {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}})
    row(name, quantile_text(now.response, quantile), quantile_text(all.response, quantile));
  const auto longest = [](const Histogram& times) {
    return times.empty() ? "-" : format_nanos(static_cast<double>(times.max()));
  };
  row("max", longest(now.response), longest(all.response));
  if (!options.closed) row("lag p99", quantile_text(now.lag, 0.99), quantile_text(all.lag, 0.99));
}

/// The kinds with the most errors first.
void add_errors(Lines& lines, const LiveTotals& totals, std::size_t width) {
  const ErrorCounts counts = totals.so_far().errors.named();
  std::vector<std::pair<std::string, std::uint64_t>> kinds(counts.begin(), counts.end());
  std::ranges::stable_sort(kinds, std::greater{}, &std::pair<std::string, std::uint64_t>::second);
  std::string text;
  for (const auto& [kind, count] : kinds) {
    const std::string word =
        fmt::format("{}{} {}", text.empty() ? "" : ", ", kind, format_count(count));
    if (!text.empty() && text.size() + word.size() > width) break;
    text += word;
  }
  if (!text.empty()) lines.push_back({text, Ink::alarm});
}

/// Response times so far in steps of the same ratio from the least to p99.9; beyond is the last
/// row's.
void add_histogram(Lines& lines, const Histogram& times, const Screen& screen, std::size_t rows,
                   std::size_t width) {
  if (times.empty() || rows < kFewestBars + 2) return;
  const std::size_t bars = std::min(rows - 2, kMostBars);
  const auto least = static_cast<double>(std::max<std::int64_t>(times.min(), 1));
  const double high =
      times.supports(0.999) ? times.quantile_interpolated(0.999) : static_cast<double>(times.max());
  const double ratio = std::max(high / least, 1.01);
  const double step = std::log(ratio) / static_cast<double>(bars - 1);
  std::vector<std::uint64_t> counts(bars, 0);
  times.for_each_filled([&](std::size_t index, std::int64_t count) {
    const auto value = std::max(static_cast<double>(times.highest_equivalent(index)), least);
    const double place = std::ceil(std::log(value / least) / step - 0.5);
    const auto bin =
        static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(bars - 1)));
    counts[bin] += static_cast<std::uint64_t>(count);
    return true;
  });
  const auto most = static_cast<double>(std::ranges::max(counts));
  constexpr std::size_t kLabel = 12, kShare = 9;
  const std::size_t cells = std::min(width - std::min(width, kLabel + kShare), kWidestBar);
  lines.push_back({});
  lines.push_back({"response times so far", Ink::strong});
  for (std::size_t i = 0; i < bars; ++i) {
    const bool last = i + 1 == bars;
    const double edge = least * std::exp((static_cast<double>(i) - (last ? 0.5 : -0.5)) * step);
    const auto count = static_cast<double>(counts[i]);
    lines.push_back({fmt::format("{:>2} {:<8} {} {:.1f} %", last ? ">" : "<=", format_nanos(edge),
                                 padded(bar(count / most, cells, screen.utf8), cells),
                                 100 * count / static_cast<double>(times.count()))});
  }
}

std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::strong:
      return "\x1b[1m";
    case Ink::alarm:
      return "\x1b[31m";
    case Ink::plain:
      break;
  }
  return "";
}

}  // namespace

std::string live_frame(const LoadOptions& options, const LiveTotals& totals, const Screen& screen) {
  // In the last column a cursor may wrap, and what erases the rest would take the last character.
  const std::size_t width = std::max<std::size_t>(screen.columns, 2) - 1;
  Lines lines;
  lines.push_back({one_line(options.url), Ink::strong});
  lines.push_back({loop_words(options)});
  lines.push_back(progress_bar(options, totals, screen, width));
  lines.push_back({});
  add_table(lines, options, totals);
  add_errors(lines, totals, width);
  if (screen.rows > lines.size())
    add_histogram(lines, totals.so_far().response, screen, screen.rows - lines.size(), width);
  if (lines.size() > screen.rows) lines.resize(screen.rows);
  std::string text;
  for (const Line& line : lines) {
    const std::string_view code = screen.color ? code_of(line.ink) : "";
    if (!text.empty()) text += "\r\n";
    text += code;
    text += cut_to_width(line.text, width);
    text += code.empty() ? "\x1b[K" : "\x1b[0m\x1b[K";
  }
  return text + "\x1b[J";
}

std::string live_line(const LoadOptions& options, const LiveTotals& totals) {
  const LoadTick now = totals.last_second();
  std::string rate = "-";
  if (totals.last_second_s() > 0)
    rate = format_rate(static_cast<double>(now.ok) / totals.last_second_s());
  return fmt::format("  {}   {}   errors {}   late {}", progress(options, totals).second, rate,
                     totals.so_far().errors.total(), totals.so_far().late);
}

}  // namespace tracetax
