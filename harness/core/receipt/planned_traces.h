// Which traces a plan says may or must arrive.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <unordered_map>
#include <vector>

#include "harness/core/receipt/receipt.h"

namespace tracetax {

struct PlannedTraceHash {
  std::size_t operator()(const TraceId& id) const noexcept {
    std::uint64_t high = 0, low = 0;
    std::memcpy(&high, id.bytes.data(), sizeof high);
    std::memcpy(&low, id.bytes.data() + sizeof high, sizeof low);
    return derive_seed(high, low);  // foreign ids need not be random in either half
  }
};

/// A request of the plan whose trace may arrive.
struct PlannedTrace {
  SpanId driver_span;  // the parent that the driver put on the wire
  bool uncertain = false;
  std::uint64_t spans = 1;
  RequestClass of = RequestClass::normal;
  std::uint32_t phase = 0;
  std::uint16_t tree = 0;  // of ExpectedSpans::trees, where there are some
  bool late = false;       // spans may rightly outlive their parents
  bool came = false;
};
using PlannedTraces = std::unordered_map<TraceId, PlannedTrace, PlannedTraceHash>;

/// The requests of a phase that were sent, one after the other.
class SentRequests {
 public:
  explicit SentRequests(const ExpectedPhase& phase);
  /// Calls visit(k, whether it is uncertain) for each.
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (std::uint64_t k = 0; k < phase_.requests; ++k) {
      if (!std::binary_search(not_sent_.begin(), not_sent_.end(), k))
        visit(k, std::binary_search(uncertain_.begin(), uncertain_.end(), k));
    }
  }

 private:
  const ExpectedPhase& phase_;
  std::vector<std::uint64_t> not_sent_, uncertain_;  // in order
};

/// Calls visit(trace id, planned) for every trace that must or may arrive. Of spans that are
/// counted in place: for what they stand for.
template <typename Visitor>
void for_each_planned(const ExpectedSpans& expected, Visitor&& visit) {
  if (expected.spans_per_request <= 0 && expected.trees.empty())
    return;  // a target that makes no spans: whatever came is unexpected
  const int traces = std::max(expected.traces_per_request, 1);
  std::uint32_t number = 0;
  for (const ExpectedPhase& phase : expected.phases) {
    const std::uint32_t phase_number = number++;
    SentRequests(phase).for_each([&](std::uint64_t k, bool maybe) {
      for (int t = 0; t < traces; ++t) {
        const TraceContext context =
            phase.ids.at(k * static_cast<std::uint64_t>(traces) + static_cast<std::uint64_t>(t));
        if (!context.sampled() && !maybe) continue;
        PlannedTrace planned{context.span_id,   maybe,        1,
                             phase.class_of(k), phase_number, phase.tree_of(k)};
        planned.late = planned.of == RequestClass::late;
        if (expected.trees.empty()) {
          planned.spans =
              static_cast<std::uint64_t>(carried_spans(expected.spans_per_request, traces, t)) +
              (t == 0 ? phase.extra_of(k) : 0);
        } else {
          const auto& request = expected.trees[planned.tree];
          planned.spans = request.tree.spans.size();
          planned.late = planned.late || request.late;
        }
        visit(context.trace_id, planned);
      }
    });
  }
}

}  // namespace tracetax
