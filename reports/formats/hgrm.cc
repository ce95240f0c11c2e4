// The format `hgrm`: percentile distributions of response times in ms, as HdrHistogram prints and
// its plotter reads them; one for each arm, after a line that begins with "# arm". The plotter
// takes a file for one series, so each is a file of its own. Merged over the valid open-loop
// segments: to look at, not to compare.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

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

/// Fit for a file.
std::string part_name(const RunResult& result, int cell, const std::string& arm) {
  std::string name = arm;
  if (result.plan.cells.size() > 1) name = cell_name(result, cell) + "-" + arm;
  const auto unfit = [](unsigned char c) { return c <= ' ' || c == '/' || c == 0x7f; };
  std::ranges::replace_if(name, unfit, '-');
  return name;
}

std::vector<ReportPart> hgrm_parts(const RunResult& result, const ReportOptions& options) {
  const auto asked = options.choices.find("arm");
  const std::string only = asked == options.choices.end() ? "" : asked->second;
  std::vector<ReportPart> parts;
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    for (std::size_t arm = 0; arm < result.suite.arms.size(); ++arm) {
      const std::string& name = result.suite.arms[arm].name;
      ReportPart part{part_name(result, cell, name), ""};
      if (!only.empty() && only != name && only != part.name) continue;
      const Histogram merged = merged_responses(result, cell, static_cast<int>(arm));
      if (merged.empty()) continue;
      part.text = fmt::format("# arm {} of {}, response times in ms\n", printable(name, 200),
                              printable(cell_name(result, cell), 300)) +
                  write_hgrm(merged) + "\n";
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

std::string write_hgrm_report(const RunResult& result, const Analysis&,
                              const ReportOptions& options) {
  std::string out;
  for (const ReportPart& part : hgrm_parts(result, options)) out += part.text;
  return out.empty() ? "# no valid segment with response times\n" : out;
}

}  // namespace

ReportFormat hgrm_format() {
  return {"hgrm",
          "HdrHistogram percentile distributions of response times, a file per arm",
          {.write = write_hgrm_report,
           .options = {{.name = "arm",
                        .shown = "NAME",
                        .help = "of the format hgrm: the arm (default: all, into a folder)",
                        .help_in_run = "",
                        .fallback = "",
                        .check = [](std::string_view) { return Status{}; }}},
           .parts = hgrm_parts}};
}

}  // namespace tracetax
