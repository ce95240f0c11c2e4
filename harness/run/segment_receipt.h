// The driver's side of a segment's receipt: what must come, from the phases as they really ran, and
// what to make of the sink's count where the target decides about sampling. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/core/receipt/receipt.h"
#include "harness/core/run_result.h"
#include "harness/load/engine.h"

namespace tracetax {

/// The requests of one phase. Where nothing is exported, none of them may leave a span, whatever
/// its sampled flag said.
[[nodiscard]] ExpectedPhase expected_phase(const LoadPhase& phase, const LoadResult& result,
                                           bool exports);

/// `counted` is what the sink counted without knowing what had to come. With the target's own
/// counts it becomes a receipt: as many spans must come as the target recorded and ended. Without
/// them it stays unknown.
[[nodiscard]] Receipt receipt_from_self_counts(const Receipt& counted,
                                               const std::optional<SelfCounts>& self);

/// The share of the requests sent that left their spans, where the target decides about sampling.
/// Over warm-up and measurement together. Nothing if that cannot be said.
[[nodiscard]] std::optional<double> sampled_share(const Receipt& receipt,
                                                  const ExpectedSpans& phases);

/// A warning where one span in a hundred came later than its batch's delay explains: whoever
/// exports waited for the sink or for a CPU, and a queue that fills meanwhile loses spans.
[[nodiscard]] std::optional<std::string> slow_exports(const Receipt& receipt, Nanos batch_delay);

}  // namespace tracetax
