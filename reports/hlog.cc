// Response times as an HdrHistogram interval log: one interval per valid open-loop segment, tagged
// with its arm. Void segments and closed loops are left out: the log cannot say what they are.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <string_view>

#include "harness/analysis/pairing.h"
#include "harness/core/hdr_log.h"
#include "reports/report.h"

namespace tracetax {
namespace {

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int value = 0;
  const char* end = text.data() + at + count;
  const auto [stopped, error] = std::from_chars(text.data() + at, end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

/// Seconds since the Unix epoch of "2025-11-20T18:00:00.000Z"; 0 for anything else.
double unix_seconds(std::string_view time) {
  using namespace std::chrono;
  const auto y = digits(time, 0, 4), mo = digits(time, 5, 2), d = digits(time, 8, 2);
  const auto h = digits(time, 11, 2), mi = digits(time, 14, 2), s = digits(time, 17, 2);
  if (!y || !mo || !d || !h || !mi || !s || !time.ends_with('Z')) return 0;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return 0;
  const auto whole = sys_days{date}.time_since_epoch() + hours{*h} + minutes{*mi} + seconds{*s};
  const double millis = time.size() >= 24 ? digits(time, 20, 3).value_or(0) : 0;
  return static_cast<double>(duration_cast<seconds>(whole).count()) + millis / 1e3;
}

/// Tags hold no commas, spaces or line breaks; with several cells the cell stands before the arm.
std::string tag_of(const RunResult& result, const SegmentRecord& segment) {
  std::string tag = segment.arm;
  if (result.plan.cells.size() > 1) tag = cell_name(result, segment.spec.cell) + "/" + tag;
  std::string clean;
  for (const char c : tag) {
    const bool unfit = c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!unfit) clean += c;
  }
  return clean;
}

}  // namespace

std::string write_hlog(const RunResult& result, const Analysis&, const ReportOptions&) {
  HdrLog log;
  log.start_time_s = unix_seconds(result.started_at);
  for (const SegmentRecord& segment : result.segments) {
    if (!segment.valid() || segment.spec.kind != SegmentKind::open) continue;
    const double started = unix_seconds(segment.started_at);
    log.intervals.push_back({.tag = tag_of(result, segment),
                             .start_s = started > log.start_time_s ? started - log.start_time_s : 0,
                             .length_s = std::isfinite(segment.duration_s) ? segment.duration_s : 0,
                             .histogram = segment.response()});
  }
  return write_hdr_log(log,
                       fmt::format("tracetax {}: response times in ns, one interval per segment",
                                   result.tool.version));
}

}  // namespace tracetax
