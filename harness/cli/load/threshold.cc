// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/threshold.h"

#include <algorithm>
#include <charconv>

#include "harness/core/text/effect_text.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"
#include "harness/core/validity.h"

namespace tracetax {
namespace {

using Of = Threshold::Of;
using Statistic = Threshold::Statistic;

constexpr std::string_view kRight =
    "right is p99<50ms, mean<10ms, max<1s, service.p50<5ms, lag<1ms, errors<0.1%, errors<5 or "
    "rate>990/s";

bool cut_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool read_statistic(std::string_view name, Threshold& threshold) {
  if (name == "mean") threshold.statistic = Statistic::mean;
  if (name == "min") threshold.statistic = Statistic::min;
  if (name == "max") threshold.statistic = Statistic::max;
  if (threshold.statistic != Statistic::percentile) return true;
  if (!cut_prefix(name, "p")) return false;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), threshold.percent);
  return error == std::errc{} && end == name.data() + name.size() && threshold.percent > 0 &&
         threshold.percent < 100;
}

bool read_metric(std::string_view name, Threshold& threshold) {
  if (name == "errors" || name == "rate") {
    threshold.of = name == "rate" ? Of::rate : Of::errors;
    return true;
  }
  if (name == "lag") {
    threshold.of = Of::lag;
    return true;
  }
  if (cut_prefix(name, "service.")) {
    threshold.of = Of::service;
  } else if (cut_prefix(name, "lag.")) {
    threshold.of = Of::lag;
  } else {
    cut_prefix(name, "response.");
  }
  return read_statistic(name, threshold);
}

Result<double> parse_limit(std::string_view text, Threshold& threshold) {
  if (threshold.of == Of::rate) return parse_rate(text);
  if (threshold.of != Of::errors)
    return parse_duration(text).map([](Nanos limit) { return static_cast<double>(limit.count()); });
  threshold.is_share = text.ends_with('%');
  if (threshold.is_share)
    return parse_sample_rate(text).map([](SampleRate limit) { return limit.share(); });
  if (text == "0") return 0.0;
  return parse_count(text).map([](std::uint64_t limit) { return static_cast<double>(limit); });
}

struct Seen {
  std::optional<double> value;
  std::string shown, missing;
};

Seen of_times(const Threshold& threshold, const Histogram& times) {
  const auto seen = [](double ns) { return Seen{ns, format_nanos(ns), ""}; };
  if (times.empty()) return {std::nullopt, "", "there are no such times"};
  switch (threshold.statistic) {
    case Statistic::mean:
      return seen(times.mean());
    case Statistic::min:
      return seen(static_cast<double>(times.min()));
    case Statistic::max:
      return seen(static_cast<double>(times.max()));
    case Statistic::percentile:
      break;
  }
  if (times.supports(threshold.percent / 100))
    return seen(static_cast<double>(times.percentile(threshold.percent)));
  return {std::nullopt, "",
          fmt::format("fewer than ten of the {} times lie beyond it",
                      format_count(static_cast<unsigned long long>(times.count())))};
}

Seen see(const Threshold& threshold, const LoadResult& result, bool closed) {
  switch (threshold.of) {
    case Of::response:
      return of_times(threshold, closed ? result.times.service() : result.times.response());
    case Of::service:
      return of_times(threshold, result.times.service());
    case Of::lag:
      return of_times(threshold, result.times.all_lag());
    case Of::rate:
      return {result.achieved_rate, format_rate(result.achieved_rate), ""};
    case Of::errors:
      break;
  }
  const auto errors = static_cast<double>(result.error_total());
  const auto tries = static_cast<double>(attempts(result.ok, result.error_total(), result.sent));
  if (tries == 0) return {std::nullopt, "", "nothing was sent"};
  if (!threshold.is_share) return {errors, format_count(result.error_total()), ""};
  return {errors / tries, fmt::format("{:.3g}%", 100 * errors / tries), ""};
}

bool keeps(const Threshold& threshold, double value) {
  if (threshold.or_equal && value == threshold.limit) return true;
  return threshold.above ? value > threshold.limit : value < threshold.limit;
}

}  // namespace

Result<Threshold> parse_threshold(std::string_view text) {
  Threshold threshold;
  std::ranges::copy_if(text, std::back_inserter(threshold.text),
                       [](char c) { return c != ' ' && c != '\t'; });
  const std::string_view written = threshold.text;
  const auto wrong = [&](std::string_view why) {
    return failure(ExitCode::usage, fmt::format("{}: {}; {}", quote(text), why, kRight));
  };
  const std::size_t at = written.find_first_of("<>");
  if (at == std::string_view::npos) return wrong("has no < or >");
  if (!read_metric(written.substr(0, at), threshold)) return wrong("names no metric");
  std::string_view limit = written.substr(at);
  threshold.above = limit.front() == '>';
  limit.remove_prefix(1);
  threshold.or_equal = cut_prefix(limit, "=");
  const auto parsed = parse_limit(limit, threshold);
  if (!parsed) return wrong(parsed.error().message);
  threshold.limit = *parsed;
  return threshold;
}

std::string_view name_of(ThresholdVerdict::Word word) {
  switch (word) {
    case ThresholdVerdict::Word::pass:
      return "pass";
    case ThresholdVerdict::Word::fail:
      return "fail";
    case ThresholdVerdict::Word::cannot_tell:
      return "cannot tell";
  }
  return "?";
}

std::vector<ThresholdVerdict> judge(std::span<const Threshold> thresholds, const LoadResult& result,
                                    bool closed, bool interrupted) {
  using Word = ThresholdVerdict::Word;
  std::vector<ThresholdVerdict> verdicts;
  for (const Threshold& threshold : thresholds) {
    const Seen seen = see(threshold, result, closed);
    ThresholdVerdict verdict{threshold.text, Word::cannot_tell, seen.value, seen.shown,
                             seen.missing};
    if (seen.value && !keeps(threshold, *seen.value)) {
      verdict.word = Word::fail;
    } else if (interrupted) {
      verdict.reason = "the load was interrupted";
    } else if (seen.value && result.late > 0 && threshold.of != Of::rate) {
      verdict.reason =
          fmt::format("{} requests came due and were never sent", format_count(result.late));
    } else if (seen.value) {
      verdict.word = Word::pass;
    }
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

}  // namespace tracetax
