// Draws that a test writes down: a source for Uniform that counts what was taken.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "targets/request/uniform.h"

namespace tracetax {

/// Gives `values` in turn, again from the first when they are used up.
class ScriptedDraws {
 public:
  explicit ScriptedDraws(std::vector<double> values) : values_(std::move(values)) {}
  [[nodiscard]] Uniform uniform() {
    return {[](void* state) { return static_cast<ScriptedDraws*>(state)->next(); }, this};
  }
  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  double next() { return values_[taken_++ % values_.size()]; }
  std::vector<double> values_;
  std::size_t taken_ = 0;
};

}  // namespace tracetax
