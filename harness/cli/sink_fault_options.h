// The options of `tracetax sink` that make it fail on purpose.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/sink/sink_spec.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

[[nodiscard]] OptionGroup sink_fault_options();

/// Mistakes go to the reader.
[[nodiscard]] SinkFaults read_sink_faults(OptionReader& reader);

}  // namespace tracetax
