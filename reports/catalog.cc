// SPDX-License-Identifier: Apache-2.0
#include "reports/catalog.h"

namespace tracetax {

std::span<const ReportFormat> report_formats() {
  static constexpr ReportFormat kFormats[] = {
      {"text", "the comparison as a terminal table", write_text},
      {"md", "Markdown: answer, comparison, receipt, validity, environment", write_markdown},
      {"json", "the record of the run, as result.json", write_json},
      {"csv", "one line per segment", write_csv},
      {"comparisons-csv", "one line per metric and arm", write_comparisons_csv},
      {"verdict-csv", "one line per test of the gate", write_verdict_csv},
      {"pr", "Markdown for a pull request or job summary: verdict first, the rest folded",
       write_pull_request},
      {"junit", "JUnit XML, a test case per test of the gate", write_junit},
      {"gbench", "google-benchmark JSON for its compare.py, an iteration per block and arm",
       write_google_benchmark},
      {"benchfmt", "Go benchmark format for benchstat -col /arm, a line per block",
       write_go_benchmark},
      {"smaller-is-better", "ratios for github-action-benchmark's customSmallerIsBetter",
       write_smaller_is_better},
      {"hgrm", "HdrHistogram percentile distributions of response times, a section per arm",
       write_hgrm_report},
      {"frameworks", "Markdown: the targets side by side, with ranks (--lang en or zh)",
       write_frameworks},
      {"frameworks-csv", "the same as numbers, one line per target, arm and quantity",
       write_frameworks_csv},
      {"hlog", "HdrHistogram interval log of response times, one interval per segment, Tag=arm",
       write_hlog},
  };
  return kFormats;
}

Result<WriteReport> find_report_format(std::string_view name) {
  return find_in_catalog(report_formats(), "report format", name);
}

}  // namespace tracetax
