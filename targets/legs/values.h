// What a request carries through the steps of a topology: texts by name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tracetax {

/// A handful of texts, in the order in which they came. One thread at a time.
class Values {
 public:
  using Value = std::pair<std::string, std::string>;

  /// Empty when there is none of that name.
  [[nodiscard]] std::string_view get(std::string_view name) const {
    const auto found = std::ranges::find(values_, name, &Value::first);
    return found == values_.end() ? std::string_view{} : std::string_view{found->second};
  }
  void set(std::string_view name, std::string value) {
    const auto found = std::ranges::find(values_, name, &Value::first);
    if (found != values_.end()) {
      found->second = std::move(value);
    } else {
      values_.emplace_back(name, std::move(value));
    }
  }
  [[nodiscard]] const std::vector<Value>& all() const { return values_; }

 private:
  std::vector<Value> values_;
};

}  // namespace tracetax
