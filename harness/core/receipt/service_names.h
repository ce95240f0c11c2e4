// Names of services (service.name of a span's resource) by a small index, so that a span costs no
// text of its own. Bounded: all names beyond the limit share one index.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

/// One thread.
class ServiceNames {
 public:
  static constexpr std::size_t kMost = 64;      // names told apart
  static constexpr std::size_t kLongest = 200;  // bytes kept of each

  /// The index of `name`, which is kept if it is new. Index 0 is the empty name: none was given.
  [[nodiscard]] std::uint32_t index_of(std::string_view name);
  /// "" for 0 and for an index that was never given out.
  [[nodiscard]] std::string_view name(std::uint32_t index) const;
  /// Indexes are below it.
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_{""};
};

}  // namespace tracetax
