// What a request is, as its driver knows before it is sent: the ground truth for what a sampler
// keeps. A sampler that keeps what matters keeps all that are not normal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tracetax {

enum class RequestClass : std::uint8_t {
  normal,
  error,  // the target answers that it failed
  slow,   // the target takes long
  rare,   // a route that hardly anybody takes
  vip,    // from somebody whose requests are told apart by a header
  late,   // answered at once; a span of it ends long after
};

inline constexpr std::array<std::string_view, 6> kRequestClassNames{"normal", "error", "slow",
                                                                    "rare",   "vip",   "late"};
inline constexpr std::size_t kRequestClasses = kRequestClassNames.size();

[[nodiscard]] constexpr std::string_view name_of(RequestClass of) noexcept {
  return kRequestClassNames[static_cast<std::size_t>(of)];
}

[[nodiscard]] constexpr std::optional<RequestClass> request_class_from(
    std::string_view name) noexcept {
  for (std::size_t i = 0; i < kRequestClasses; ++i)
    if (kRequestClassNames[i] == name) return static_cast<RequestClass>(i);
  return std::nullopt;
}

}  // namespace tracetax
