// How the due times of requests are spread.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tracetax {

enum class Arrivals { constant, poisson };
[[nodiscard]] constexpr std::string_view name_of(Arrivals arrivals) {  // "constant", "poisson"
  return arrivals == Arrivals::poisson ? "poisson" : "constant";
}

}  // namespace tracetax
