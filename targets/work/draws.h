// Numbers that follow from a request's values, so that outcomes can be repeated.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/json/json_fields.h"
#include "targets/legs/values.h"

namespace tracetax {

/// The finisher of SplitMix64 (Steele, Lea, Flood 2014).
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

/// A sequence that follows from its seed: SplitMix64. One thread.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix64(state_ += 0x9E3779B97F4A7C15U); }
  /// From 0 to `n` - 1; `n` from 1 to 2^32, where the bias is below 2^-32.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  /// From 0 up to 1, without it.
  double share() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

/// Evenly spread over 64 bits: FNV-1a, then mix64().
[[nodiscard]] std::uint64_t spread(std::string_view text);

/// What a work's draws begin with. Any number of threads.
class SeedOf {
 public:
  /// The step's "by": the value that decides. Without it a number of this step decides, which
  /// counts up from 1.
  explicit SeedOf(JsonFields& with) : by_(with.text("by").value_or("")) {}
  [[nodiscard]] std::uint64_t operator()(const Values& values) {
    return by_.empty() ? mix64(++count_) : spread(values.get(by_));
  }

 private:
  const std::string by_;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace tracetax
