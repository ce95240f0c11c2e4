// What the quality of an arm's traces says about the code that makes them, in sentences: what is
// seen, why it matters, and what would be right. Pure; for reports and for tracetax doctor.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "harness/core/check_line.h"
#include "harness/core/receipt/trace_quality.h"

namespace tracetax {

/// A line for each thing that is not as it should be; none for what is. Broken trees and times are
/// warnings; what only breaks the semantic conventions (v1.44.0) is a note, for no number of
/// tracetax rests on names. Spans that were lost are the receipt's to tell, not told here.
[[nodiscard]] std::vector<CheckLine> trace_findings(const TraceQuality& quality,
                                                    std::string_view arm);

}  // namespace tracetax
