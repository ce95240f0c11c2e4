// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/ratio_rules.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

constexpr std::array<std::pair<RatioRule, std::string_view>, kRatioRules.size()> kRuleNames{{
    {RatioRule::go, "go"},
    {RatioRule::java, "java"},
    {RatioRule::python, "python"},
    {RatioRule::dotnet, "dotnet"},
    {RatioRule::cpp, "cpp"},
    {RatioRule::js, "js"},
    {RatioRule::probability, "probability"},
}};

constexpr std::uint64_t kMost63 = (1ULL << 63) - 1;

std::uint64_t bytes_as_number(const std::uint8_t* bytes, int count) noexcept {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

/// The 64 bits that a rule looks at.
std::uint64_t half_of(RatioRule rule, const TraceId& id) noexcept {
  const bool first = rule == RatioRule::dotnet || rule == RatioRule::cpp;
  return bytes_as_number(id.bytes.data() + (first ? 0 : 8), 8);
}

/// A share as a number of 64 bits, with the steps (and so the rounding) of opentelemetry-cpp.
std::uint64_t cpp_number_of(double share) noexcept {
  if (share <= 0) return 0;
  if (share >= 1) return UINT64_MAX;
  const double scaled = 4294967295.0 * share;
  double high = 0;
  const double low = std::ldexp(std::modf(scaled, &high), 32) + scaled;
  return (static_cast<std::uint64_t>(high) << 32) + static_cast<std::uint64_t>(low);
}

std::uint64_t cpp_number_of_half(std::uint64_t half) noexcept {
  return cpp_number_of(static_cast<double>(half) / 18446744073709551616.0);
}

/// Java's and .NET's: the product with 2^63 - 1, which as a double is 2^63; a cast saturates.
std::uint64_t bound_63(double share) noexcept {
  const double bound = std::ldexp(share, 63);
  return bound >= std::ldexp(1.0, 63) ? kMost63 : static_cast<std::uint64_t>(bound);
}

std::uint64_t xor_of_words(const TraceId& id) noexcept {
  const std::uint64_t both =
      bytes_as_number(id.bytes.data(), 8) ^ bytes_as_number(id.bytes.data() + 8, 8);
  return (both >> 32 ^ both) & 0xffffffff;
}

/// Math.abs of Java: of the smallest number, that number itself, which is below every bound.
bool java_keeps(std::uint64_t half, std::uint64_t bound) noexcept {
  constexpr std::uint64_t kSmallest = 1ULL << 63;
  if (half == kSmallest) return true;
  return (half > kSmallest ? ~half + 1 : half) < bound;
}

}  // namespace

std::string_view name_of(RatioRule rule) noexcept {
  return kRuleNames.at(static_cast<std::size_t>(rule)).second;
}

Result<RatioRule> parse_ratio_rule(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& [rule, own] : kRuleNames) {
    if (own == name) return rule;
    known.emplace_back(own);
  }
  return failure(ExitCode::usage, unknown_name("rule", name, known));
}

std::uint64_t rejection_threshold(SampleRate rate) noexcept {
  return kTwoTo56 - static_cast<std::uint64_t>(std::round(std::ldexp(rate.share(), 56)));
}

std::uint64_t randomness_of(const TraceId& id) noexcept {
  return bytes_as_number(id.bytes.data() + 9, 7);
}

RatioDecision::RatioDecision(RatioRule rule, SampleRate rate) noexcept : rule_(rule) {
  const double share = rate.share();
  switch (rule) {
    case RatioRule::go:
      bound_ = static_cast<std::uint64_t>(std::ldexp(share, 63));
      break;
    case RatioRule::java:
    case RatioRule::dotnet:
      bound_ = bound_63(share);
      break;
    case RatioRule::python:
      all_ = share >= 1;
      // Python rounds halves to the even number, as nearbyint does.
      if (!all_) bound_ = static_cast<std::uint64_t>(std::nearbyint(std::ldexp(share, 64)));
      break;
    case RatioRule::cpp:
      bound_ = cpp_number_of(share);
      break;
    case RatioRule::js:
      all_ = share >= 1;
      bound_ = static_cast<std::uint64_t>(std::floor(share * 4294967295.0));
      break;
    case RatioRule::probability:
      bound_ = rejection_threshold(rate);
      break;
  }
}

bool RatioDecision::keeps(const TraceId& id) const noexcept {
  if (all_) return true;
  if (rule_ == RatioRule::probability) return randomness_of(id) >= bound_;
  if (bound_ == 0) return false;
  const std::uint64_t half = half_of(rule_, id);
  switch (rule_) {
    case RatioRule::go:
      return half >> 1 < bound_;
    case RatioRule::java:
      return java_keeps(half, bound_);
    case RatioRule::dotnet:
      return (half & kMost63) < bound_;
    case RatioRule::cpp:
      return cpp_number_of_half(half) <= bound_;
    case RatioRule::js:
      return xor_of_words(id) < bound_;
    default:
      return half < bound_;
  }
}

namespace {

struct Interval {
  std::uint64_t first = 0, last = 0;  // both are in it
};

double size_of(const Interval& interval) {
  return static_cast<double>(interval.last - interval.first) + 1;
}

/// What a rule keeps. `half` is 0 for the first of the id, 1 for the last, 2 for js: its intervals
/// are of a number of 32 bits.
struct KeptSet {
  int half = 0;
  std::vector<Interval> intervals;
};

/// The last number that cpp keeps. Its rule never keeps a number and not a smaller one.
std::uint64_t last_of_cpp(std::uint64_t bound) {
  std::uint64_t last = 0;
  for (std::uint64_t step = 1ULL << 63; step != 0; step >>= 1) {
    if (cpp_number_of_half(last | step) <= bound) last |= step;
  }
  return last;
}

KeptSet kept_by(RatioRule rule, SampleRate rate) {
  constexpr std::uint64_t kHighest = UINT64_MAX;
  const double share = rate.share();
  if (share >= 1 && rule != RatioRule::js) return {1, {{0, kHighest}}};
  const std::uint64_t bound = bound_63(share);
  switch (rule) {
    case RatioRule::go:
      return {1, {{0, 2 * bound - 1}}};
    case RatioRule::python:
      return {1, {{0, static_cast<std::uint64_t>(std::nearbyint(std::ldexp(share, 64))) - 1}}};
    case RatioRule::java:
      return {1, {{0, bound - 1}, {kMost63 + 1, kMost63 + 1}, {kHighest - bound + 2, kHighest}}};
    case RatioRule::dotnet:
      return {0, {{0, bound - 1}, {kMost63 + 1, kMost63 + bound}}};
    case RatioRule::cpp:
      return {0, {{0, last_of_cpp(cpp_number_of(share))}}};
    case RatioRule::js: {
      const double words = share >= 1 ? 4294967296.0 : std::floor(share * 4294967295.0);
      if (words < 1) return {2, {}};
      return {2, {{0, static_cast<std::uint64_t>(words) - 1}}};
    }
    case RatioRule::probability:
      break;
  }
  KeptSet set{1, {}};
  for (std::uint64_t top = 0; top < 256; ++top) {
    set.intervals.push_back({top << 56 | rejection_threshold(rate), top << 56 | (kTwoTo56 - 1)});
  }
  return set;
}

double size_of(const KeptSet& set) {
  double size = 0;
  for (const Interval& interval : set.intervals) size += size_of(interval);
  return size;
}

double size_of_both(const KeptSet& one, const KeptSet& other) {
  double size = 0;
  for (const Interval& a : one.intervals) {
    for (const Interval& b : other.intervals) {
      const Interval both{std::max(a.first, b.first), std::min(a.last, b.last)};
      if (both.first <= both.last) size += size_of(both);
    }
  }
  return size;
}

}  // namespace

double share_kept_too(RatioRule given, RatioRule other, SampleRate rate) {
  if (given == other) return 1;
  const KeptSet of_given = kept_by(given, rate);
  const KeptSet of_other = kept_by(other, rate);
  if (of_given.half == of_other.half) return size_of_both(of_given, of_other) / size_of(of_given);
  return std::ldexp(size_of(of_other), other == RatioRule::js ? -32 : -64);
}

}  // namespace tracetax
