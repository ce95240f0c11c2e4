// Quantities as people write them ("250us", "2k/s", "1%", "64MiB") and as the program keeps them.
// Each parser names the input and the right form in its error; each printer is read back by its
// parser to the printed precision. Numbers are plain decimals: no sign, no exponent, no locale.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "harness/core/text/error.h"

namespace tracetax {

using Nanos = std::chrono::nanoseconds;

/// "250us", "1.5s", "2m", "1h", "10ms", "500ns". A bare number is refused (no unit, no guess),
/// except "0". Range 0 to 24 h; negative, non-finite and overlong values are errors.
[[nodiscard]] Result<Nanos> parse_duration(std::string_view text);

/// Requests per second: "2k/s", "2000/s", "10k", "1.5M/s", "500". Range [0.001, 100 M]/s: more than
/// 0, and slow enough to be sure that a gap between two requests fits into Nanos.
[[nodiscard]] Result<double> parse_rate(std::string_view text);

/// A share of the off arm's closed-loop capacity, written "auto:0.5". Range (0, 1).
struct CapacityShare {
  double share = 0.5;
  friend bool operator==(const CapacityShare&, const CapacityShare&) = default;
};
/// An offered rate: requests per second, or a share of capacity to be found before the blocks.
using OfferedRate = std::variant<double, CapacityShare>;
[[nodiscard]] Result<OfferedRate> parse_offered_rate(std::string_view text);
[[nodiscard]] std::string format_offered_rate(const OfferedRate& rate);

/// The share of requests that are sampled. Always within [0, 1], and 0 or at least 1e-17: samplers
/// compare 56 to 64 random bits, so they tell no smaller rates apart.
class SampleRate {
 public:
  constexpr SampleRate() = default;
  [[nodiscard]] static Result<SampleRate> make(double share);
  [[nodiscard]] constexpr double share() const { return share_; }
  friend auto operator<=>(const SampleRate&, const SampleRate&) = default;

 private:
  constexpr explicit SampleRate(double share) : share_(share) {}
  double share_ = 0;
};
/// "1%", "0.5%", "100%", or a share "0.01".
[[nodiscard]] Result<SampleRate> parse_sample_rate(std::string_view text);

/// "10k", "1M", "250". Range 1 to 10^12.
[[nodiscard]] Result<std::uint64_t> parse_count(std::string_view text);
/// "64MiB", "512KiB", "1GiB", "4096". Range 1 to 2^40.
[[nodiscard]] Result<std::uint64_t> parse_bytes(std::string_view text);

/// Three significant digits and a fitting unit: "812 ns", "18.2 us", "1.83 ms", "2.5 s".
[[nodiscard]] std::string format_duration(Nanos value);
/// All digits, in the largest unit that leaves a whole number: "1500ms", "10s". For files.
[[nodiscard]] std::string format_duration_exact(Nanos value);
[[nodiscard]] std::string format_nanos(double nanos);
/// "9.21 k/s", "512 /s", "1.2 M/s".
[[nodiscard]] std::string format_rate(double per_second);
/// "1%", "0.5%", "100%": the spelling used in arm names; "0.3333333333333333" where twelve digits
/// of a percentage would not be read back as the same rate.
[[nodiscard]] std::string format_sample_rate(SampleRate rate);
/// "1.2 MiB".
[[nodiscard]] std::string format_bytes(double bytes);

}  // namespace tracetax
