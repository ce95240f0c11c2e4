// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

constexpr std::size_t kLongestNumber = 40;
constexpr double kLongestDuration = 24 * 3600e9;  // ns
constexpr double kHighestRate = 100e6;
constexpr double kLowestRate = 0.001;
constexpr double kHighestCount = 1e12;
constexpr double kHighestBytes = 1ULL << 40;
constexpr double kLowestShare = 1e-17;

/// A unit as a power of ten and a factor. The power is applied to the text, not to the number, so
/// that "0.07k" is exactly 70.
struct Unit {
  std::string_view name;
  int power_of_ten = 0;
  double factor = 1;
};

constexpr std::array kDurationUnits = {Unit{"ns", 0},      Unit{"us", 3},     Unit{"\u00b5s", 3},
                                       Unit{"\u03bcs", 3}, Unit{"ms", 6},     Unit{"s", 9},
                                       Unit{"m", 9, 60},   Unit{"h", 9, 3600}};
constexpr std::array kRateUnits = {Unit{""},       Unit{"/s"},   Unit{"k", 3},
                                   Unit{"k/s", 3}, Unit{"M", 6}, Unit{"M/s", 6}};
constexpr std::array kShareUnits = {Unit{""}, Unit{"%", -2}};
constexpr std::array kCountUnits = {Unit{""}, Unit{"k", 3}, Unit{"M", 6}};
constexpr std::array kByteUnits = {Unit{""}, Unit{"B"}, Unit{"KiB", 0, 1024},
                                   Unit{"MiB", 0, 1 << 20}, Unit{"GiB", 0, 1 << 30}};

// How much of `text` is digits with at most one point that stands between digits.
std::size_t number_length(std::string_view text) {
  const auto is_digit = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  std::size_t length = 0;
  while (is_digit(length)) ++length;
  if (length == 0 || length >= text.size() || text[length] != '.') return length;
  if (!is_digit(length + 1)) return 0;
  ++length;
  while (is_digit(length)) ++length;
  return length;
}

std::optional<double> scaled_number(std::string_view digits, const Unit& unit) {
  std::array<char, kLongestNumber + 8> buffer;
  const auto written =
      fmt::format_to_n(buffer.data(), buffer.size(), "{}e{}", digits, unit.power_of_ten);
  double value = 0;
  const auto [end, error] = std::from_chars(buffer.data(), written.out, value);
  if (error != std::errc{} || end != written.out) return std::nullopt;
  return value * unit.factor;
}

struct Quantity {
  double value = 0;
  std::string_view unit;
};

/// A number directly followed by a unit of the table, or with one space between them.
std::optional<Quantity> read_quantity(std::string_view text, std::span<const Unit> units) {
  const std::size_t length = number_length(text);
  if (length == 0 || length > kLongestNumber) return std::nullopt;
  std::string_view rest = text.substr(length);
  if (rest.size() > 1 && rest.front() == ' ') rest.remove_prefix(1);
  for (const Unit& unit : units) {
    if (unit.name != rest) continue;
    const auto value = scaled_number(text.substr(0, length), unit);
    if (!value) return std::nullopt;
    return Quantity{*value, unit.name};
  }
  return std::nullopt;
}

tl::unexpected<Error> bad(std::string_view text, std::string_view what) {
  return failure(ExitCode::usage, fmt::format("{} {}", quote(text), what));
}

Result<std::uint64_t> parse_whole(std::string_view text, std::span<const Unit> units,
                                  double highest, std::string_view form, std::string_view range) {
  const auto quantity = read_quantity(text, units);
  if (!quantity) return bad(text, form);
  const double value = quantity->value;
  if (value < 1 || value > highest) return bad(text, range);
  if (value != std::floor(value)) return bad(text, "is not a whole number");
  return static_cast<std::uint64_t>(value);
}

// Three significant digits as a number, so that units are chosen after rounding: 999.6 ns is 1 us.
double rounded(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10, 2 - std::floor(std::log10(value)));
  // Above a thousand the scale is a fraction and inexact; its inverse is not.
  return scale >= 1 ? std::round(value * scale) / scale
                    : std::round(value / (1 / scale)) * (1 / scale);
}

// Never an exponent; below a thousandth of the smallest unit it is 0.
std::string plain(double value) {
  if (value < 0.001) return "0";
  return value < 999.5 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value);
}

// All digits that the number has, without exponent.
std::string exact(double value) {
  std::array<char, 400> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed)
          .ptr;
  return {buffer.data(), end};
}

struct Step {
  double from;  // at and above which the unit is used
  double divisor;
  std::string_view unit;
};

std::string with_unit(double value, std::span<const Step> steps) {
  if (!std::isfinite(value)) return "-";
  const double magnitude = std::abs(value);
  const Step* chosen = &steps.front();
  for (const Step& step : steps) {
    if (rounded(magnitude) >= step.from) chosen = &step;
  }
  const std::string number = plain(rounded(magnitude / chosen->divisor));
  const bool negative = value < 0 && number != "0";
  return fmt::format("{}{} {}", negative ? "-" : "", number, chosen->unit);
}

constexpr std::array kDurationSteps = {Step{0, 1, "ns"},       Step{1e3, 1e3, "us"},
                                       Step{1e6, 1e6, "ms"},   Step{1e9, 1e9, "s"},
                                       Step{120e9, 60e9, "m"}, Step{7200e9, 3600e9, "h"}};
constexpr std::array kRateSteps = {Step{0, 1, "/s"}, Step{1e3, 1e3, "k/s"}, Step{1e6, 1e6, "M/s"}};
constexpr double kKi = 1024;
constexpr std::array kByteSteps = {Step{0, 1, "B"}, Step{kKi, kKi, "KiB"},
                                   Step{kKi * kKi, kKi* kKi, "MiB"},
                                   Step{kKi * kKi * kKi, kKi* kKi* kKi, "GiB"}};

}  // namespace

Result<Nanos> parse_duration(std::string_view text) {
  if (text == "0") return Nanos{0};
  const auto quantity = read_quantity(text, kDurationUnits);
  if (!quantity) {
    return bad(text,
               "is not a duration: write a number with its unit, such as 250us, 10ms or 1.5s");
  }
  if (quantity->value > kLongestDuration) return bad(text, "is longer than 24h");
  const Nanos value{std::llround(quantity->value)};
  if (value == Nanos{0} && quantity->value > 0) return bad(text, "is shorter than 1ns");
  return value;
}

Result<double> parse_rate(std::string_view text) {
  const auto quantity = read_quantity(text, kRateUnits);
  if (!quantity) {
    return bad(text, "is not a rate: write requests per second, such as 500, 2k/s or 1.5M/s");
  }
  if (quantity->value < kLowestRate || quantity->value > kHighestRate) {
    return bad(text, "is out of range: a rate lies between 0.001/s and 100M/s");
  }
  return quantity->value;
}

Result<OfferedRate> parse_offered_rate(std::string_view text) {
  constexpr std::string_view kAuto = "auto:";
  if (text.ends_with('%')) {
    const auto percent = read_quantity(text, std::array{Unit{"%", -2}});
    if (percent && percent->value > 0 && percent->value < 1) return CapacityShare{percent->value};
    return bad(text,
               "is not a share of capacity: write a number between 0 % and 100 %, such as 50%");
  }
  if (!text.starts_with(kAuto)) {
    auto rate = parse_rate(text);
    if (rate) return *rate;
    if (text == "auto") return bad(text, "needs the share of capacity to offer, such as auto:0.5");
    return failure(rate.error().code, rate.error().message + ", or a share of capacity: auto:0.5");
  }
  const auto quantity = read_quantity(text.substr(kAuto.size()), std::array{Unit{""}});
  if (!quantity || !(quantity->value > 0 && quantity->value < 1)) {
    return bad(text,
               "is not a share of capacity: write a number between 0 and 1, such as auto:0.5");
  }
  return CapacityShare{quantity->value};
}

std::string format_offered_rate(const OfferedRate& rate) {
  if (const auto* share = std::get_if<CapacityShare>(&rate)) return "auto:" + exact(share->share);
  return exact(std::get<double>(rate)) + "/s";
}

Result<SampleRate> SampleRate::make(double share) {
  if (!(share >= 0 && share <= 1)) {
    return failure(ExitCode::usage, fmt::format("sample rate {} is not between 0 and 1", share));
  }
  if (share > 0 && share < kLowestShare) {
    return failure(ExitCode::usage, fmt::format("sample rate {} is not 0, but below 1e-17", share));
  }
  return SampleRate{share};
}

Result<SampleRate> parse_sample_rate(std::string_view text) {
  const auto quantity = read_quantity(text, kShareUnits);
  if (!quantity) {
    return bad(text,
               "is not a sample rate: write a percentage such as 1%, or a share such as 0.01");
  }
  if (quantity->value > 1) {
    const bool forgot_sign = quantity->unit.empty() && quantity->value <= 100;
    return bad(text, forgot_sign ? fmt::format("is not between 0 and 1; did you mean {}%?", text)
                                 : "is more than 100%");
  }
  return SampleRate::make(quantity->value);
}

Result<std::uint64_t> parse_count(std::string_view text) {
  return parse_whole(text, kCountUnits, kHighestCount,
                     "is not a count: write a whole number such as 250, 10k or 1M",
                     "is out of range: a count lies between 1 and 1000000M");
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  return parse_whole(text, kByteUnits, kHighestBytes,
                     "is not a size: write bytes or a binary unit, such as 4096, 512KiB or 64MiB",
                     "is out of range: a size lies between 1 byte and 1024GiB");
}

std::string format_duration(Nanos value) {
  return format_nanos(static_cast<double>(value.count()));
}

std::string format_duration_exact(Nanos value) {
  struct Whole {
    std::int64_t nanos;
    std::string_view unit;
  };
  constexpr std::array kWholes = {Whole{1'000'000'000, "s"}, Whole{1'000'000, "ms"},
                                  Whole{1'000, "us"}};
  for (const Whole& whole : kWholes) {
    if (value.count() % whole.nanos == 0) {
      return fmt::format("{}{}", value.count() / whole.nanos, whole.unit);
    }
  }
  return fmt::format("{}ns", value.count());
}

std::string format_nanos(double nanos) { return with_unit(nanos, kDurationSteps); }
std::string format_rate(double per_second) { return with_unit(per_second, kRateSteps); }
std::string format_bytes(double bytes) { return with_unit(bytes, kByteSteps); }

std::string format_sample_rate(SampleRate rate) {
  // Twelve digits hide what the multiplication adds: 0.07 * 100 is 7.000000000000001.
  const std::string digits = fmt::format("{:.11e}", rate.share() * 100);
  double percent = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), percent);
  std::string text = exact(percent) + "%";
  const auto again = parse_sample_rate(text);
  return again && *again == rate ? text : exact(rate.share());
}

}  // namespace tracetax
