// The part of report.html that puts frameworks side by side.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "harness/core/text/catalog.h"
#include "reports/html/html_page.h"

namespace tracetax {

/// Pictures, and tables with ranks and bars, of HTTP and of RPC, and how far the emulations are
/// from the real ones.
void write_frameworks_part(const RunResult& result, const Analysis& analysis,
                           DescribeScenario describe, HtmlPage& page);

}  // namespace tracetax
