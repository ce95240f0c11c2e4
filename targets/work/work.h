// A piece of domain work, with its state in this process. One file per work, one line in
// catalog.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/text/catalog.h"
#include "harness/core/text/error.h"
#include "targets/legs/values.h"

namespace tracetax {

/// What must hold of a work's state when the service ends, and whether it does. The service prints
/// them on SIGTERM, and a segment in which one does not hold is void.
struct Invariant {
  std::string name;
  bool holds = false;
  std::string saw;  // the numbers, in a line
};

/// One per step that names it and process. Any number of threads.
class Work {
 public:
  virtual ~Work() = default;
  /// False: the step's branch is taken. It may set values.
  [[nodiscard]] virtual bool run(Values& values) = 0;
  [[nodiscard]] virtual std::vector<Invariant> invariants() const { return {}; }
};

/// Reads the step's "with"; every mistake is noted, and then what comes back is not used. The
/// caller finishes `with`.
using MakeWork = std::unique_ptr<Work> (*)(JsonFields& with);
[[nodiscard]] std::span<const CatalogEntry<MakeWork>> work_catalog();

}  // namespace tracetax
