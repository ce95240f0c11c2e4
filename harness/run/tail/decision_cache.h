// The traces of which a decision was made last, without their spans: the decision_cache of the
// Collector's tailsamplingprocessor (cache/lru_cache.go).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <unordered_map>

#include "harness/core/request/trace_context.h"

namespace tracetax {

/// Knows a trace by the last eight bytes of its id, as the real one does. When it is full, whoever
/// was put or found longest ago goes. Of size 0 it knows nobody.
class DecisionCache {
 public:
  explicit DecisionCache(std::size_t size) : size_(size) {}

  [[nodiscard]] bool find(const TraceId& id) {
    const auto found = places_.find(key(id));
    if (found == places_.end()) return false;
    order_.splice(order_.begin(), order_, found->second);
    return true;
  }

  void put(const TraceId& id) {
    if (size_ == 0 || find(id)) return;
    if (order_.size() == size_) {
      places_.erase(order_.back());
      order_.pop_back();
    }
    order_.push_front(key(id));
    places_[key(id)] = order_.begin();
  }

 private:
  [[nodiscard]] static std::uint64_t key(const TraceId& id) {
    std::uint64_t low = 0;
    std::memcpy(&low, id.bytes.data() + sizeof low, sizeof low);
    return low;
  }

  std::size_t size_;
  std::list<std::uint64_t> order_;  // the last one found or put first
  std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> places_;
};

}  // namespace tracetax
