// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/context/ot_trace_state.h"

#include <fmt/format.h>

#include "targets/tracing/context/trace_state.h"

namespace tracetax {
namespace {

constexpr std::string_view kOt = "ot";
constexpr std::size_t kOtMost = 256;  // characters
constexpr std::size_t kOtDigits = 14;

/// Calls `visit` with each "key:value" of the ot member.
template <typename Visit>
void each_part(std::string_view ot, const Visit& visit) {
  while (!ot.empty()) {
    const auto end = ot.find(';');
    const std::string_view part = ot.substr(0, end);
    if (!part.empty()) visit(part);
    ot = end == std::string_view::npos ? std::string_view{} : ot.substr(end + 1);
  }
}

std::optional<std::uint64_t> from_hex(std::string_view digits) noexcept {
  if (digits.size() != kOtDigits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'f')) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(is_digit ? c - '0' : c - 'a' + 10);
  }
  return value;
}

}  // namespace

std::optional<std::uint64_t> ot_randomness(std::string_view state) noexcept {
  std::optional<std::uint64_t> randomness;
  each_part(trace_state_member(state, kOt), [&](std::string_view part) {
    if (part.starts_with("rv:")) randomness = from_hex(part.substr(3));
  });
  return randomness;
}

std::string ot_threshold_text(std::uint64_t threshold) {
  std::string digits = fmt::format("{:014x}", threshold);
  const auto last = digits.find_last_not_of('0');
  digits.resize(last == std::string::npos ? 1 : last + 1);
  return digits;
}

std::string with_ot_threshold(std::string_view state, std::string_view th) {
  const std::string_view ot = trace_state_member(state, kOt);
  std::string others;
  each_part(ot, [&](std::string_view part) {
    if (part.starts_with("th:")) return;
    if (!others.empty()) others += ';';
    others += part;
  });
  std::string value = th.empty() ? std::string() : fmt::format("th:{}", th);
  if (value.empty() || value.size() + 1 + others.size() > kOtMost) {
    value = others;
  } else if (!others.empty()) {
    value.append(1, ';').append(others);
  }
  if (value == ot) return std::string(state);
  if (value.empty()) return without_trace_state_member(state, kOt);
  return with_trace_state_member(state, kOt, value);
}

}  // namespace tracetax
