// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/service_pool.h"

#include <algorithm>

namespace tracetax {

const ServicePool::Entry* ServicePool::find(const std::string& name) {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  if (found == entries_.end()) return nullptr;
  if (!found->service->ended()) return &*found;
  entries_.erase(found);
  return nullptr;
}

void ServicePool::clear(const RunningService::Abandon& abandon) {
  for (; !entries_.empty(); entries_.pop_back()) {
    static_cast<void>(entries_.back().service->stop(abandon));
  }
}

}  // namespace tracetax
