// SPDX-License-Identifier: Apache-2.0
#include "reports/words/run_time.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

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

}  // namespace

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

std::optional<double> run_seconds(const RunResult& result) {
  const double started = unix_seconds(result.started_at);
  double ended = unix_seconds(result.finished_at);
  if (ended == 0 && !result.segments.empty()) {
    const SegmentRecord& last = result.segments.back();
    const double lasted = std::isfinite(last.duration_s) ? last.duration_s : 0;
    ended = unix_seconds(last.started_at) + lasted;
  }
  if (started == 0 || ended <= started) return std::nullopt;
  return ended - started;
}

std::string run_time_text(const RunResult& result) {
  const auto seconds = run_seconds(result);
  if (!seconds) return "";
  if (*seconds < 60) return fmt::format("{:.0f} s", *seconds);
  return fmt::format("{:.1f} min", *seconds / 60);
}

}  // namespace tracetax
