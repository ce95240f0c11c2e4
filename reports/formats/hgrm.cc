// The format `hgrm`: percentile distributions of response times in ms, as HdrHistogram prints and
// its plotter reads them; one section per arm, after a line that begins with "# arm". Merged over
// the valid open-loop segments: to look at, not to compare.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/histogram/hdr_log.h"
#include "harness/core/text/quote.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

/// What the interval log holds of this arm, in one histogram.
Histogram merged_responses(const RunResult& result, int cell, int arm) {
  Histogram merged;
  for (const SegmentRecord& segment : result.segments) {
    const SegmentSpec& spec = segment.spec;
    if (spec.cell != cell || spec.arm != arm || spec.kind != SegmentKind::open) continue;
    if (!segment.valid()) continue;
    merged.merge(segment.times.response_sampled);
    merged.merge(segment.times.response_unsampled);
  }
  return merged;
}

std::string write_hgrm_report(const RunResult& result, const Analysis&, const ReportOptions&) {
  std::string out;
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    for (std::size_t arm = 0; arm < result.suite.arms.size(); ++arm) {
      const Histogram merged = merged_responses(result, cell, static_cast<int>(arm));
      if (merged.empty()) continue;
      out += fmt::format("# arm {} of {}, response times in ms\n",
                         printable(result.suite.arms[arm].name, 200),
                         printable(cell_name(result, cell), 300));
      out += write_hgrm(merged) + "\n";
    }
  }
  return out.empty() ? "# no valid segment with response times\n" : out;
}

}  // namespace

ReportFormat hgrm_format() {
  return {"hgrm",
          "HdrHistogram percentile distributions of response times, a section per arm",
          {.write = write_hgrm_report}};
}

}  // namespace tracetax
