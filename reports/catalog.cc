// SPDX-License-Identifier: Apache-2.0
#include "reports/catalog.h"

#include <array>

// A line for each, in the order of `tracetax list formats`: the function that its file has. What a
// run's folder gets is written in this order too, and named in the opposite one: the general first.
#define TRACETAX_FORMATS(FORMAT)   \
  FORMAT(text_format)              \
  FORMAT(markdown_format)          \
  FORMAT(html_format)              \
  FORMAT(svg_format)               \
  FORMAT(json_format)              \
  FORMAT(csv_format)               \
  FORMAT(comparisons_csv_format)   \
  FORMAT(verdict_csv_format)       \
  FORMAT(pull_request_format)      \
  FORMAT(junit_format)             \
  FORMAT(google_benchmark_format)  \
  FORMAT(go_benchmark_format)      \
  FORMAT(smaller_is_better_format) \
  FORMAT(openmetrics_format)       \
  FORMAT(series_format)            \
  FORMAT(hgrm_format)              \
  FORMAT(frameworks_format)        \
  FORMAT(frameworks_csv_format)    \
  FORMAT(exporters_format)         \
  FORMAT(exporters_csv_format)     \
  FORMAT(fidelity_format)          \
  FORMAT(fidelity_json_format)     \
  FORMAT(hlog_format)

namespace tracetax {

#define DECLARED(format) ReportFormat format();
TRACETAX_FORMATS(DECLARED)
#undef DECLARED

std::span<const ReportFormat> report_formats() {
#define LISTED(format) format(),
  static const std::array kFormats{TRACETAX_FORMATS(LISTED)};
#undef LISTED
  return kFormats;
}

Result<ReportWriter> find_report_format(std::string_view name) {
  return find_in_catalog(report_formats(), "report format", name);
}

}  // namespace tracetax
