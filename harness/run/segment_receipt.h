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

/// Of a target that is itself a receiver of spans, `carried` in each request. It says what it
/// accepted (SelfCounts::exported); what it was sent follows from the phases. Requests without an
/// answer, and `more_uncertain` ones that are not known one by one, may have been taken or not.
/// Without its counts it is not known.
[[nodiscard]] Receipt receipt_of_receiver(const std::optional<SelfCounts>& self,
                                          const std::vector<ExpectedPhase>& phases,
                                          std::uint64_t more_uncertain, int carried);

/// The share of the requests sent that left their spans, where the target decides about sampling.
/// Over warm-up and measurement together. Nothing if that cannot be said.
[[nodiscard]] std::optional<double> sampled_share(const Receipt& receipt,
                                                  const ExpectedSpans& phases);

/// The share of the certain requests whose traces came, whole or not, by the account of their
/// classes; 0 if there is none.
[[nodiscard]] double share_that_came(const Receipt& receipt);

/// What whoever drops traces on purpose says to have kept, and how many of these came.
struct KeptTraces {
  std::string who;
  std::uint64_t traces = 0, came = 0;
};
/// Of a receipt with a rule. A tail sampler says it on its page of metrics
/// (otelcol_processor_tail_sampling_global_count_traces_sampled, those that are sampled); of a
/// target whose spans nobody passes on it is the spans that its sampler kept, and as these say
/// nothing of traces, lacking ones are counted as whole traces, at least one. Nothing where neither
/// is known, or more spans came than the target counts: then it has several processes. `passed_on`:
/// spans go through another service, which may drop them.
[[nodiscard]] std::optional<KeptTraces> kept_by(const SegmentRecord& segment, bool passed_on);

/// A warning where one span in a hundred came later than its batch's delay explains: whoever
/// exports waited for the sink or for a CPU, and a queue that fills meanwhile loses spans.
[[nodiscard]] std::optional<std::string> slow_exports(const Receipt& receipt, Nanos batch_delay);

}  // namespace tracetax
