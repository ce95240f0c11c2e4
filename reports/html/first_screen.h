// What a reader sees first: the answer, how sure it is, and whether it is to be trusted.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "reports/html/html_page.h"

namespace tracetax {

void write_first_screen(const RunResult& result, const Analysis& analysis, HtmlPage& page);

}  // namespace tracetax
