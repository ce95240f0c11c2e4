// The processes that a target consists of, with those that the suite puts beside every target.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/suite/suite.h"

namespace tracetax {

/// In the order of their start, the suite's companions first. The front is among them, with what
/// the target itself says: of a target of one process it is all there is.
[[nodiscard]] std::vector<ServiceSpec> services_of(const Suite& suite, const TargetSpec& target);

/// The service that spans pass through on their way to the sink, a collector; null: there is none.
/// What arrives is then in its batches, and it may drop some on purpose.
[[nodiscard]] const ServiceSpec* relay_of(const Suite& suite, const TargetSpec& target);
/// The same of one arm: where the environment of some arms names a port of the service
/// ("{port.NAME}"), it is the relay of those alone.
[[nodiscard]] const ServiceSpec* relay_of(const Suite& suite, const TargetSpec& target,
                                          const ArmSpec& arm);
/// Whether spans of this arm may come to `service`, which holds them.
[[nodiscard]] bool is_sent_to(const Suite& suite, const TargetSpec& target, const ArmSpec& arm,
                              const ServiceSpec& service);

/// Whether spans that are sent to the target come to the sink in the end: one of its processes
/// holds spans, or is told where the sink is. Else they end in the target, which is a receiver.
[[nodiscard]] bool passes_spans_on(const Suite& suite, const TargetSpec& target);

}  // namespace tracetax
