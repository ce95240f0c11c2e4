// Services that are up for a whole block, the same for all its segments: started by the first one
// that needs them, stopped when the block is over.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/text/placeholders.h"
#include "harness/run/service/running_service.h"

namespace tracetax {

class ServicePool {
 public:
  ServicePool() = default;
  ServicePool(const ServicePool&) = delete;
  ServicePool& operator=(const ServicePool&) = delete;
  ~ServicePool() { clear({}); }

  struct Entry {
    std::string name;
    std::shared_ptr<RunningService> service;
    int port = 0;
    Placeholders values;  // its further ports and its folder, as others name them
  };

  /// Null if it does not run, or not any more: then it is to be started again.
  [[nodiscard]] const Entry* find(const std::string& name);
  void add(Entry entry) { entries_.push_back(std::move(entry)); }
  /// All are to be started again. Each ends when the last one who has it lets go of it.
  void renew() { entries_.clear(); }
  /// Stops all, the last one started first.
  void clear(const RunningService::Abandon& abandon);

 private:
  std::vector<Entry> entries_;
};

}  // namespace tracetax
