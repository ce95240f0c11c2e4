// Interval logs line by line, and the percentile listing. Both follow HdrHistogram 2.1.11 to the
// character, its way of rounding decimals included; the interop test compares them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/histogram/hdr_log.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>

#include "harness/core/histogram/hdr_codec.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

constexpr double kMaxValueUnit = 1e6;  // of Interval_Max
constexpr double kMaxSeconds = 1e12;
constexpr double kYearSeconds = 365 * 24 * 3600.0;
constexpr int kTicksPerHalfDistance = 5;

constexpr std::string_view kTagMark = "Tag=";
constexpr std::string_view kStartMark = "#[StartTime: ";
constexpr std::string_view kBaseMark = "#[BaseTime: ";

// --- reading ---

/// Takes the text up to any of `ends` off the front of `rest`, and the end with it.
std::string_view take_until(std::string_view& rest, std::string_view ends) {
  const std::size_t at = rest.find_first_of(ends);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return taken;
}

std::optional<double> parse_seconds(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(std::abs(value) <= kMaxSeconds)) return std::nullopt;
  return value;
}

/// The state of one pass over a log.
class LogReader {
 public:
  explicit LogReader(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  Status read_line(std::string_view line) {
    if (line.starts_with(kStartMark)) return read_time(line.substr(kStartMark.size()), start_);
    if (line.starts_with(kBaseMark)) return read_time(line.substr(kBaseMark.size()), base_);
    if (line.empty() || line.front() == '#' || line.front() == '"') return {};
    return read_interval(line);
  }

  HdrLog take() && {
    log_.start_time_s = start_.value_or(0);
    return std::move(log_);
  }

 private:
  static Status read_time(std::string_view text, std::optional<double>& time) {
    const std::string_view number = take_until(text, " ]");
    time = parse_seconds(number);
    if (!time) {
      return failure(ExitCode::usage, fmt::format("'{}' is not a time in seconds", number));
    }
    return {};
  }

  Status read_interval(std::string_view line) {
    HdrLogInterval interval;
    if (line.starts_with(kTagMark)) {
      interval.tag = take_until(line, ",").substr(kTagMark.size());
    }
    const auto stamp = parse_seconds(take_until(line, ", "));
    const auto length = parse_seconds(take_until(line, ", "));
    const auto greatest = parse_seconds(take_until(line, ", "));
    if (!stamp || !length || !greatest) {
      return failure(ExitCode::usage,
                     "must be [Tag=...,]start,length,max,histogram with three numbers in front");
    }
    auto histogram = decode_base64(line);
    if (!histogram) return tl::unexpected{histogram.error()};
    histogram->pack();
    bytes_ += histogram->memory_bytes();
    if (bytes_ > most_bytes_) {
      return failure(ExitCode::usage,
                     fmt::format("the log's histograms up to here need more than {}",
                                 format_bytes(static_cast<double>(most_bytes_))));
    }
    interval.start_s = since_start(*stamp);
    interval.length_s = *length;
    interval.histogram = std::move(*histogram);
    log_.intervals.push_back(std::move(interval));
    return {};
  }

  double since_start(double stamp) {
    if (!start_) start_ = stamp;
    // No base given: stamps that lie long before the start can only be relative to it.
    if (!base_) base_ = stamp < *start_ - kYearSeconds ? *start_ : 0.0;
    return stamp + *base_ - *start_;
  }

  HdrLog log_;
  std::optional<double> start_;
  std::optional<double> base_;
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
};

// --- writing ---

double sane_seconds(double value) {
  return std::isnan(value) ? 0 : std::clamp(value, -kMaxSeconds, kMaxSeconds);
}

std::string clean_tag(std::string tag) {
  const auto foreign = [](char c) { return c == ',' || c == ' ' || c == '\r' || c == '\n'; };
  std::replace_if(tag.begin(), tag.end(), foreign, '_');
  return tag;
}

/// Java's %.{decimals}f: the shortest decimal that reads back as `value`, rounded half up. C's
/// printf rounds the exact binary value and differs in every tie ("0.0015").
std::string java_fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "Infinity";
  char buffer[400];
  const auto end = std::to_chars(buffer, std::end(buffer), value, std::chars_format::fixed).ptr;
  std::string text(buffer, end);
  if (text.find('.') == std::string::npos) text += '.';
  const std::size_t wanted = text.find('.') + 1 + static_cast<std::size_t>(decimals);
  if (text.size() <= wanted) return text + std::string(wanted - text.size(), '0');
  const bool up = text[wanted] >= '5';
  text.resize(wanted);
  if (!up) return text;
  std::size_t at = text.size();
  while (at > 0 && (text[at - 1] == '9' || text[at - 1] == '.')) {
    --at;
    if (text[at] == '9') text[at] = '0';
  }
  if (at == 0) return "1" + text;
  ++text[at - 1];
  return text;
}

/// The next level of a listing with a fixed number of ticks per halving of what is left to 100 %.
/// Always above `level`: where a tick is lost in rounding (some 2^50 values), the next one is 100.
double next_level(double level) {
  const double halvings = std::floor(std::log(100.0 / (100.0 - level)) / std::log(2.0)) + 1;
  const double next = level + 100.0 / (kTicksPerHalfDistance * std::exp2(halvings));
  return next > level ? next : 100.0;
}

}  // namespace

std::string write_hdr_log(const HdrLog& log, std::string_view comment) {
  std::string out;
  const auto to = std::back_inserter(out);
  while (!comment.empty()) fmt::format_to(to, "# {}\n", take_until(comment, "\n"));
  const double start = sane_seconds(log.start_time_s);
  fmt::format_to(to, "#[Histogram log format version 1.3]\n");
  fmt::format_to(to, "{}{:.3f} (seconds since epoch), {:%a %b %d %H:%M:%S UTC %Y}]\n", kStartMark,
                 start, fmt::gmtime(static_cast<std::time_t>(start)));
  fmt::format_to(to, "{}{:.3f} (seconds since epoch)]\n", kBaseMark, start);
  fmt::format_to(to,
                 "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                 "\"Interval_Compressed_Histogram\"\n");
  for (const HdrLogInterval& interval : log.intervals) {
    if (!interval.tag.empty()) fmt::format_to(to, "{}{},", kTagMark, clean_tag(interval.tag));
    fmt::format_to(to, "{:.3f},{:.3f},{:.3f},{}\n", sane_seconds(interval.start_s),
                   sane_seconds(interval.length_s),
                   static_cast<double>(interval.histogram.max()) / kMaxValueUnit,
                   encode_base64(interval.histogram));
  }
  return out;
}

Result<HdrLog> read_hdr_log(std::string_view text, std::size_t most_bytes) {
  LogReader reader(most_bytes);
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = take_until(text, "\n");
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (const Status status = reader.read_line(line); !status) {
      return tl::unexpected{status.error().within(fmt::format("interval log line {}", number))};
    }
  }
  return std::move(reader).take();
}

std::string write_hgrm(const Histogram& histogram, double value_divisor) {
  std::string out;
  const auto to = std::back_inserter(out);
  const int digits = histogram.range().digits;
  const auto scaled = [&](std::int64_t value) {
    return java_fixed(static_cast<double>(value) / value_divisor, digits);
  };
  fmt::format_to(to, "{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount",
                 "1/(1-Percentile)");
  std::int64_t seen = 0;
  std::int64_t last_value = 0;
  double level = 0;
  histogram.for_each_filled([&](std::size_t i, std::int64_t count) {
    seen += count;
    last_value = histogram.highest_equivalent(i);
    const double reached =
        100.0 * static_cast<double>(seen) / static_cast<double>(histogram.count());
    // One bucket may reach several levels; the last bucket only one, the line of 100 % follows it.
    for (bool more = true; more && level < 100 && reached >= level; level = next_level(level)) {
      fmt::format_to(to, "{:>12} {} {:>10} {:>14}\n", scaled(last_value),
                     java_fixed(level / 100.0, 12), seen, java_fixed(1 / (1 - level / 100.0), 2));
      more = seen < histogram.count();
    }
    return true;
  });
  if (!histogram.empty()) {
    fmt::format_to(to, "{:>12} {} {:>10}\n", scaled(last_value), java_fixed(1, 12), seen);
  }
  // Java's greatest value is that of its bucket, and its number of sub-buckets a power of two.
  std::uint64_t sub_buckets = 2;
  for (int i = 0; i < digits; ++i) sub_buckets *= 10;
  sub_buckets = std::bit_ceil(sub_buckets);
  fmt::format_to(to, "#[Mean    = {:>12}, StdDeviation   = {:>12}]\n",
                 java_fixed(histogram.mean() / value_divisor, digits),
                 java_fixed(histogram.standard_deviation() / value_divisor, digits));
  fmt::format_to(to, "#[Max     = {:>12}, Total count    = {:>12}]\n", scaled(last_value),
                 histogram.count());
  fmt::format_to(to, "#[Buckets = {:>12}, SubBuckets     = {:>12}]\n",
                 histogram.size() / (sub_buckets / 2) - 1, sub_buckets);
  return out;
}

}  // namespace tracetax
