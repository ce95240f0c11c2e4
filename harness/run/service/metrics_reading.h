// What a service that runs says of itself now.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/ledger/metrics_page.h"
#include "harness/core/text/error.h"
#include "harness/core/text/units.h"

namespace tracetax {

/// Asks `url`, http://HOST:PORT/PATH. Error (invalid) if no page came within the time. Blocks so
/// long at most.
[[nodiscard]] Result<MetricsPage> read_metrics(const std::string& url, Nanos within);

}  // namespace tracetax
