// Any text as any quantity: an error or a value within its range that prints and reads back.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/core/suite/suite_values.h"
#include "harness/core/text/units.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

// Three significant digits are within 0.5 % of the value.
bool close(double value, double printed) {
  return std::abs(value - printed) <= 0.00501 * value + 1e-9;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tracetax;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto value = parse_duration(text)) {
    check(value->count() >= 0 && *value <= std::chrono::hours{24});
    check(parse_duration(format_duration_exact(*value)).value() == *value);
    const auto printed =
        static_cast<double>(parse_duration(format_duration(*value)).value().count());
    check(close(static_cast<double>(value->count()), printed));
  }
  if (const auto value = parse_rate(text)) {
    check(*value >= 0.001 && *value <= 1e8);
    if (*value >= 1) check(close(*value, parse_rate(format_rate(*value)).value()));
  }
  if (const auto value = parse_offered_rate(text)) {
    check(parse_offered_rate(format_offered_rate(*value)).value() == *value);
  }
  if (const auto value = parse_sample_rate(text)) {
    check(value->share() >= 0 && value->share() <= 1);
    check(parse_sample_rate(format_sample_rate(*value)).value() == *value);
  }
  if (const auto value = parse_count(text)) check(*value >= 1 && *value <= 1'000'000'000'000);
  if (const auto value = parse_bytes(text)) {
    check(*value >= 1 && *value <= 1ULL << 40);
    check(!format_bytes(static_cast<double>(*value)).empty());
  }
  check(check_name(text).has_value() || !check_name(text).error().message.empty());
  (void)check_url(text, {.tcp_allowed = true, .path_allowed = true, .placeholder_allowed = true});
  (void)parse_cpu_list(text);
  return 0;
}
