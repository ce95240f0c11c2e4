// SPDX-License-Identifier: Apache-2.0
#include "targets/program/found_instances.h"

#include <mutex>
#include <utility>

namespace tracetax {

struct FoundInstances::Board {
  std::mutex mutex;
  Addresses addresses;
};

FoundInstances::FoundInstances(Registry& registry, const std::string& service)
    : board_(std::make_shared<Board>()) {
  if (auto there = registry.lookup(service)) board_->addresses = std::move(*there);
  watch_ = registry.watch(service, [board = board_](Addresses seen) {
    const std::lock_guard lock(board->mutex);
    board->addresses = std::move(seen);
  });
}

Resolve FoundInstances::resolve() const {
  return [board = board_] {
    const std::lock_guard lock(board->mutex);
    return board->addresses;
  };
}

}  // namespace tracetax
