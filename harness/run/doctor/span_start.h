// One short start of a target to see where its spans go: a few requests in a calm, some hundred at
// once, a few without the sampled flag, a few right before SIGTERM.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "harness/core/ledger/span_probe.h"
#include "harness/run/segment_context.h"

namespace tracetax {

struct SpanStart {
  const SegmentContext& context;
  int arm = 0;
  std::string change{};  // "NAME=VALUE", set above all others; {sink} in it is the sink's URL
  int spans_each = 0;    // of a trace; 0: as many as those have that come in the calm
  std::function<Nanos()> left;  // time for all that is still to be looked at
};

/// The arm as it is started for this: with `change`, and with batches that wait half a second at
/// most, so that the look is short.
[[nodiscard]] ArmSpec arm_for_spans(const SpanStart& start);

/// Uses the first sink. What goes wrong is in what it gives. `evidence`: takes what services say
/// that are asked directly, where one of them begins traces of its own.
[[nodiscard]] SpanProbe start_for_spans(const SpanStart& start, SpanEvidence& evidence);

/// Another start, at full speed with all spans sampled, to see whether memory goes on growing.
/// Nothing if it cannot be metered.
[[nodiscard]] std::optional<MemoryProbe> start_for_memory(const SpanStart& start);

}  // namespace tracetax
