// From what short starts of a target showed to what is wrong with its tracing. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/ledger/fault.h"
#include "harness/core/ledger/span_probe.h"

namespace tracetax {

struct Finding {
  /// Names of the fault catalog. More than one: it is one of these, and they look the same from
  /// outside; what the target says of itself (SelfCounts) would tell them apart.
  std::vector<std::string_view> faults;
  std::string evidence;  // what was seen, a sentence without a full stop

  /// Of the only fault; of several, what is common to them: "one of: ...".
  [[nodiscard]] std::string cause() const;
  [[nodiscard]] std::string remedy() const;
};

/// The first is the first on the way of a span. Empty: nothing is wrong. Where spans are lost, one
/// finding says why; the others (context, speed, memory, variables) stand for themselves.
[[nodiscard]] std::vector<Finding> diagnose(const SpanEvidence& evidence);

/// Whether another start with OTEL_TRACES_SAMPLER and the like set otherwise would tell more.
[[nodiscard]] std::vector<std::string> worth_changing(const TracingFacts& facts,
                                                      const SpanProbe& as_it_is);

}  // namespace tracetax
