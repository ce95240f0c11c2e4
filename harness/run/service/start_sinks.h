// The sinks of a run: of each kind of door that its arms need, as many as targets export at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/suite/suite.h"
#include "harness/run/sink/sink_process.h"

namespace tracetax {

using Sinks = std::vector<std::unique_ptr<SinkProcess>>;

/// Those of one of doors_needed() after those of the other. Error (usage) with a sink's own words
/// where a port or a certificate cannot be had.
[[nodiscard]] Result<Sinks> start_sinks(const Suite& suite, const std::string& program,
                                        std::size_t at_a_time, const CpuList& cpus);

/// By arm: where it finds the first sink that fits it.
[[nodiscard]] std::vector<std::size_t> first_sinks(const Suite& suite, const Sinks& sinks);
[[nodiscard]] std::vector<SinkPorts> ports_by_arm(const Suite& suite, const Sinks& sinks);

}  // namespace tracetax
