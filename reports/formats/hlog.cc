// Response times as an HdrHistogram interval log: one interval per valid open-loop segment, tagged
// with its arm. Void segments and closed loops are left out: the log cannot say what they are.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/histogram/hdr_log.h"
#include "reports/words/report.h"
#include "reports/words/run_time.h"

namespace tracetax {
namespace {

/// Tags hold no commas, spaces or line breaks; with several cells the cell stands before the arm.
std::string tag_of(const RunResult& result, const SegmentRecord& segment) {
  std::string tag = segment.arm;
  if (result.plan.cells.size() > 1) tag = cell_name(result, segment.spec.cell) + "/" + tag;
  std::string clean;
  for (const char c : tag) {
    const bool unfit = c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!unfit) clean += c;
  }
  return clean;
}

std::string write_hlog(const RunResult& result, const Analysis&, const ReportOptions&) {
  HdrLog log;
  log.start_time_s = unix_seconds(result.started_at);
  for (const SegmentRecord& segment : result.segments) {
    if (!segment.valid() || segment.spec.kind != SegmentKind::open) continue;
    const double started = unix_seconds(segment.started_at);
    log.intervals.push_back({.tag = tag_of(result, segment),
                             .start_s = started > log.start_time_s ? started - log.start_time_s : 0,
                             .length_s = std::isfinite(segment.duration_s) ? segment.duration_s : 0,
                             .histogram = segment.times.response()});
  }
  return write_hdr_log(log,
                       fmt::format("tracetax {}: response times in ns, one interval per segment",
                                   result.tool.version));
}

}  // namespace

ReportFormat hlog_format() {
  return {"hlog",
          "HdrHistogram interval log of response times, one interval per segment, Tag=arm",
          {.write = write_hlog}};
}

}  // namespace tracetax
