// SPDX-License-Identifier: Apache-2.0
#include "harness/core/gate/metric_unit.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/core/text/effect_text.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

constexpr UnitStep kOfMicroseconds[] = {{1e-3, "ns"}, {1, "us"}, {1e3, "ms"}, {1e6, "s"}};
constexpr UnitStep kOfNanoseconds[] = {{1, "ns"}, {1e3, "us"}, {1e6, "ms"}, {1e9, "s"}};
constexpr UnitStep kOfRates[] = {{1, "/s"}, {1e3, "k/s"}, {1e6, "M/s"}};
constexpr UnitStep kOfCounts[] = {{1, ""}};
constexpr UnitStep kOfBytes[] = {{1, "B"}, {0x1p10, "KiB"}, {0x1p20, "MiB"}, {0x1p30, "GiB"}};

Result<double> parse_nanoseconds(std::string_view text) {
  return parse_duration(text).map([](Nanos time) { return static_cast<double>(time.count()); });
}

std::string format_nanoseconds_exact(double nanos) {
  return format_duration_exact(Nanos{std::llround(nanos)});
}

Result<double> parse_byte_amount(std::string_view text) {
  if (text == "0") return 0.0;  // a size of nothing is none, a budget of nothing is one
  return parse_bytes(text).map([](std::uint64_t bytes) { return static_cast<double>(bytes); });
}

}  // namespace

namespace units {

extern constinit const MetricUnit microseconds{
    .name = "us",
    .steps = kOfMicroseconds,
    .format = [](double us) { return format_nanos(us * 1e3); },
    .parse =
        [](std::string_view text) {
          return parse_nanoseconds(text).map([](double nanos) { return nanos / 1e3; });
        },
    .format_exact = [](double us) { return format_nanoseconds_exact(us * 1e3); }};

extern constinit const MetricUnit nanoseconds{.name = "ns",
                                              .steps = kOfNanoseconds,
                                              .format = format_nanos,
                                              .parse = parse_nanoseconds,
                                              .format_exact = format_nanoseconds_exact};

extern constinit const MetricUnit per_second{
    .name = "1/s", .steps = kOfRates, .format = format_rate};

extern constinit const MetricUnit bytes{
    .name = "bytes",
    .steps = kOfBytes,
    .format = format_bytes,
    .parse = parse_byte_amount,
    .format_exact = [](double amount) { return fmt::format("{:.0f}", amount); }};

extern constinit const MetricUnit count{
    .name = "count", .steps = kOfCounts, .format = format_number};

}  // namespace units

const UnitStep& fitting_step(std::span<const UnitStep> steps, double value) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (value >= steps[i].size) best = i;
  }
  return steps[best];
}

}  // namespace tracetax
