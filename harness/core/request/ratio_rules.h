// "Keep 1 % by trace id" as seven SDKs do it. Each rule is a pure function of the id, and no two of
// them keep the same traces, except Go's and Python's. Read in the SDKs' sources of August 2026:
//   go           sdk/trace/sampling.go             BE64(id[8:16]) >> 1 < r * 2^63
//   java         TraceIdRatioBasedSampler.java     |int64(id[8:16])| < r * (2^63 - 1)
//   python       sdk/trace/sampling.py             BE64(id[8:16]) < round(r * 2^64)
//   dotnet       TraceIdRatioBasedSampler.cs       BE64(id[0:8]) & (2^63 - 1) < r * (2^63 - 1);
//                                                  before 1.15.2 the absolute value, as Java
//   cpp          trace_id_ratio.cc                 BE64(id[0:8]) / 2^64 <= r, by its own rounding;
//                                                  before 1.23 little-endian on common machines
//   js           TraceIdRatioBasedSampler.ts       xor of the id's four 32-bit words < r * (2^32 -
//   1) probability  the specification's new rule      BE56(id[9:16]) >= 2^56 - round(r * 2^56), as
//   the
//                                                  samplers of Java, JavaScript and Python round it
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/core/request/trace_context.h"
#include "harness/core/text/error.h"
#include "harness/core/text/units.h"

namespace tracetax {

enum class RatioRule { go, java, python, dotnet, cpp, js, probability };
inline constexpr std::array kRatioRules{RatioRule::go,         RatioRule::java, RatioRule::python,
                                        RatioRule::dotnet,     RatioRule::cpp,  RatioRule::js,
                                        RatioRule::probability};

[[nodiscard]] std::string_view name_of(RatioRule rule) noexcept;
/// A usage error with a did-you-mean if there is no such rule.
[[nodiscard]] Result<RatioRule> parse_ratio_rule(std::string_view name);

inline constexpr std::uint64_t kTwoTo56 = 1ULL << 56;

/// The rejection threshold of the probability rule, within [0, 2^56]: keep if the id's last 56 bits
/// are not below it. 2^56 keeps nothing.
[[nodiscard]] std::uint64_t rejection_threshold(SampleRate rate) noexcept;
/// Those 56 bits.
[[nodiscard]] std::uint64_t randomness_of(const TraceId& id) noexcept;

/// A rule at a rate. A value; safe to use from any thread.
class RatioDecision {
 public:
  RatioDecision(RatioRule rule, SampleRate rate) noexcept;
  [[nodiscard]] bool keeps(const TraceId& id) const noexcept;

 private:
  RatioRule rule_;
  bool all_ = false;         // whatever the id is
  std::uint64_t bound_ = 0;  // what the rule compares with; 0: keeps nothing, but for probability
};

/// Of random ids that the rule `given` keeps at a rate above 0, the share that `other` keeps at the
/// same rate. Exact: a rule is a set of intervals on one half of the id, which are intersected.
/// Halves are independent of each other, and js, an exclusive or over both, of each half.
[[nodiscard]] double share_kept_too(RatioRule given, RatioRule other, SampleRate rate);

}  // namespace tracetax
