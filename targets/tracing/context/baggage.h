// W3C Baggage (https://www.w3.org/TR/baggage/) by the rules of Go's baggage package: taken apart
// when it comes and put together again when it goes on. Unlike there, where it is a map, members
// keep their order.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

inline constexpr std::size_t kBaggageMembers = 64;  // that are kept; the specification's least
inline constexpr std::size_t kBaggageBytes = 8192;

struct BaggageProperty {
  std::string key;
  std::optional<std::string> value;  // decoded
  friend bool operator==(const BaggageProperty&, const BaggageProperty&) = default;
};

struct BaggageMember {
  std::string key;
  std::string value;  // decoded
  std::vector<BaggageProperty> properties;
  friend bool operator==(const BaggageMember&, const BaggageMember&) = default;
};

using Baggage = std::vector<BaggageMember>;

/// Adds the members of a header; of equal keys the last value stays. A bad member is left out, one
/// that is too much ends it; a header of more than kBaggageBytes gives none.
void parse_baggage(std::string_view header, Baggage& out);

[[nodiscard]] std::string format_baggage(const Baggage& baggage);

}  // namespace tracetax
