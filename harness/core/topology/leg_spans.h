// The spans that a step leaves at a store or a broker: docs/topologies.md, "Spans of the legs",
// which has the sources.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/topology/topology.h"

namespace tracetax {

/// A CLIENT span under that which is open, or under another one of the same step.
struct LegSpan {
  std::string name;
  int parent = -1;  // index among the step's; -1: the open span
};
/// `none`: the step's branch was taken, which ends a transaction.
[[nodiscard]] std::vector<LegSpan> leg_spans(const StoreLeg& leg, const SqlStep& step, bool none);
[[nodiscard]] std::vector<LegSpan> leg_spans(const StoreLeg& leg, const StoreStep& step, bool none);
[[nodiscard]] std::string producer_span_name(const BrokerLeg& leg, std::string_view to);
[[nodiscard]] std::string consumer_span_name(const BrokerLeg& leg, const ConsumerSpec& consumer);

/// Whose instrumentation a leg may have; the first is what it has where it does not say.
[[nodiscard]] std::vector<std::string> instrumentations_of(StoreKind kind);

}  // namespace tracetax
