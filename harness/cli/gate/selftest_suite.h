// The suite of a selftest: off against itself, or against itself with something put into it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "harness/cli/gate/selftest_options.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// What the untouched service needs, measured before: sizes in percent become times by it.
struct Baseline {
  double rate = 0;                         // offered, requests/s
  double cpu_us = 0, response_p50_ns = 0;  // per request
};

/// The suite with the arms off and off2 only, for the baseline. Error if it is not one emulated
/// target and one scenario: only these can be injected into.
[[nodiscard]] Result<Suite> suite_for_baseline(Suite suite, const SelftestOptions& options);

struct SelftestSuite {
  Suite suite;
  GateSpec gate;
  std::optional<Nanos> injected;  // per request; none with --aa and drop
};
/// `suite` as read, at the baseline's rate, with off and the arm that is judged.
[[nodiscard]] Result<SelftestSuite> suite_for_selftest(Suite suite, const SelftestOptions& options,
                                                       const Baseline& baseline);

}  // namespace tracetax
