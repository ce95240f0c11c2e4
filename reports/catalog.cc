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
      {"frameworks", "Markdown: the targets side by side, with ranks (--lang en or zh)", write_frameworks},
      {"frameworks-csv", "the same as numbers, one line per target, arm and quantity", write_frameworks_csv},
      {"hlog", "HdrHistogram interval log of response times, one interval per segment, Tag=arm",
       write_hlog},
  };
  return kFormats;
}

Result<WriteReport> find_report_format(std::string_view name) {
  return find_in_catalog(report_formats(), "report format", name);
}

}  // namespace tracetax
