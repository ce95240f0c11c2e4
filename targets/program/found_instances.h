// The instances of a service as a registry's watch has told them last, for the discovery stage of a
// client.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "targets/legs/registry.h"
#include "targets/service/build.h"

namespace tracetax {

class FoundInstances {
 public:
  /// Asks the registry first, for at most 5 s. `registry` must outlive it.
  FoundInstances(Registry& registry, const std::string& service);
  /// What is known now. Any thread; it may outlive this.
  [[nodiscard]] Resolve resolve() const;

 private:
  struct Board;
  std::shared_ptr<Board> board_;
  std::unique_ptr<Watch> watch_;  // goes first
};

}  // namespace tracetax
