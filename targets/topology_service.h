// One service of a topology from its options to the line of its invariants.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "targets/legs/registry.h"
#include "targets/program/consumers.h"
#include "targets/program/program.h"
#include "targets/topology_options.h"

namespace tracetax {

class TopologyService {
 public:
  /// Makes the legs, which open nothing yet. `tracer` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<TopologyService>> make(const TopologyChoice& choice,
                                                                     Tracer& tracer);

  [[nodiscard]] const Program& program() const { return *program_; }
  /// Sets the stores up, where this service is the one to do so, begins the consumers, and makes
  /// this instance known to the registries that its callers ask. Blocks until all are there, for up
  /// to 10 s each.
  [[nodiscard]] Status begin(const LegAddress& self);
  /// Leaves the registries and ends the consumers, so that no more spans begin.
  void end();
  /// {"tracetax_invariants":[...]}, empty where nothing has to hold.
  [[nodiscard]] std::string invariants_line() const;

 private:
  TopologyService() = default;
  std::unique_ptr<Program> program_;
  std::unique_ptr<Consumers> consumers_;
  std::vector<std::unique_ptr<Enrolment>> enrolments_;
};

}  // namespace tracetax
