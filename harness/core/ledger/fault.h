// What can be wrong between a request and its span in the backend, by name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

struct Fault {
  std::string_view name;
  int question;  // of the frequent ones: 1 no trace at all, 2 lost on the way or in a collector,
                 // 3 broken context, 4 slow, 5 memory grows, 6 variables are not heeded; 0: none
  std::string_view cause;  // a sentence without a full stop
  std::string_view remedy;
};

/// All that a diagnosis can name.
[[nodiscard]] std::span<const Fault> fault_catalog();
/// Of a name in the catalog.
[[nodiscard]] const Fault& fault_named(std::string_view name);

}  // namespace tracetax
