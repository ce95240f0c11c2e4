// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/timer_heap.h"

#include <algorithm>

namespace tracetax {
namespace {

constexpr std::size_t kChildren = 4;

}  // namespace

std::optional<TimerHeap::Id> TimerHeap::arm(Nanos due) {
  if (heap_.size() >= limit_) {
    ++refused_;
    return std::nullopt;
  }
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  const std::uint32_t generation = ++slots_[slot].generation;
  heap_.push_back({due, slot});
  sift_up(heap_.size() - 1);
  return Id{slot, generation};
}

bool TimerHeap::cancel(Id id) {
  if (id.slot >= slots_.size() || slots_[id.slot].generation != id.generation) return false;
  remove_at(slots_[id.slot].position);
  return true;
}

std::size_t TimerHeap::take_due(Nanos now) {
  std::size_t taken = 0;
  for (; !heap_.empty() && heap_.front().due <= now; ++taken) remove_at(0);
  return taken;
}

void TimerHeap::remove_at(std::size_t position) {
  const std::uint32_t slot = heap_[position].slot;
  ++slots_[slot].generation;
  free_.push_back(slot);
  const Node last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  place(position, last);
  sift_up(position);
  sift_down(slots_[last.slot].position);
}

void TimerHeap::place(std::size_t position, const Node& node) {
  heap_[position] = node;
  slots_[node.slot].position = static_cast<std::uint32_t>(position);
}

void TimerHeap::sift_up(std::size_t position) {
  const Node node = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / kChildren;
    if (heap_[parent].due <= node.due) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, node);
}

void TimerHeap::sift_down(std::size_t position) {
  const Node node = heap_[position];
  while (true) {
    const std::size_t first = position * kChildren + 1;
    if (first >= heap_.size()) break;
    std::size_t least = first;
    const std::size_t end = std::min(first + kChildren, heap_.size());
    for (std::size_t child = first + 1; child < end; ++child) {
      if (heap_[child].due < heap_[least].due) least = child;
    }
    if (node.due <= heap_[least].due) break;
    place(position, heap_[least]);
    position = least;
  }
  place(position, node);
}

}  // namespace tracetax
