// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/service_names.h"

#include <algorithm>

namespace tracetax {

std::uint32_t ServiceNames::index_of(std::string_view name) {
  name = name.substr(0, kLongest);
  if (const auto found = std::find(names_.begin(), names_.end(), name); found != names_.end()) {
    return static_cast<std::uint32_t>(found - names_.begin());
  }
  // The empty name, kMost - 1 others, and then one for all the rest.
  if (names_.size() < kMost) {
    names_.emplace_back(name);
  } else if (names_.size() == kMost) {
    names_.emplace_back("(further services)");
  }
  return static_cast<std::uint32_t>(names_.size() - 1);
}

std::string_view ServiceNames::name(std::uint32_t index) const {
  return index < names_.size() ? std::string_view{names_[index]} : std::string_view{};
}

}  // namespace tracetax
