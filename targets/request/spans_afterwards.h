// Spans that outlive the walk through the chain; the connection ends them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "harness/core/text/units.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

struct SpansAfterwards {
  std::vector<Span> held;                    // end when the answer goes out, inner ones first
  std::vector<std::pair<Nanos, Span>> late;  // end so much later
};

}  // namespace tracetax
