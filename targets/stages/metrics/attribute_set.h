// attribute.Set of OpenTelemetry for Go (v1.45): sorted by key, each key once, hashed, and kept in
// an array of its own. Source: attribute/set.go (NewSetWithFiltered), attribute/hash.go.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "targets/tracing/span.h"

namespace tracetax {

class AttributeSet {
 public:
  /// Of equal keys the last value wins.
  AttributeSet(Attributes attributes);  // NOLINT(google-explicit-constructor): it is the same thing
  [[nodiscard]] const Attributes& all() const noexcept { return all_; }
  /// Over every key, and every value with its type.
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }

 private:
  Attributes all_;
  std::uint64_t hash_ = 0;
};

}  // namespace tracetax
