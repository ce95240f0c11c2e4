// From what a suite says about a target to what is started for one arm of it: free ports, folders,
// programs, and every placeholder replaced.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"
#include "harness/core/text/placeholders.h"
#include "harness/run/process/pinning.h"
#include "harness/run/service/arm_environment.h"
#include "harness/run/service/running_service.h"
#include "harness/run/service/service_pool.h"

namespace tracetax {

struct PlannedService {
  ServiceSpec spec;
  ServiceLaunch launch;
  int port = 0;                          // its own
  Placeholders values{};                 // its own; at last as others name them
  Nanos span_delay{0};                   // traced: how long spans may wait in its batch processor
  std::string metrics{};                 // URL of its page of metrics; empty: none
  std::shared_ptr<RunningService> up{};  // runs already: nothing is to be started
};

/// All processes of `target` in the order of their start; not of an attached one. Of `facts` the
/// port is chosen here. Those for a whole block are taken from `pool`, if they run. Error (usage)
/// if a program or a user is missing.
[[nodiscard]] Result<std::vector<PlannedService>> plan_services(
    const Suite& suite, const TargetSpec& target, const ArmSpec& arm, const LaunchFacts& facts,
    const CpuList& cpus, ServicePool* pool = nullptr);

/// "target gin", "service db of target gin".
[[nodiscard]] std::string label_of(const TargetSpec& target, const ServiceSpec& service);

/// The program of `service` and its arguments, {bin} replaced; of `command`, which may be an arm's
/// own. Error (usage) if it is not there.
[[nodiscard]] Result<std::string> program_of(const ServiceSpec& service,
                                             const TargetCommand& command);

}  // namespace tracetax
