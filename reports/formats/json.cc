// The format `json`: result.json itself. What is in it and how is result_writer.cc's part.
// SPDX-License-Identifier: Apache-2.0
#include "reports/record/result_json.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

std::string write_json(const RunResult& result, const Analysis& analysis, const ReportOptions&) {
  return write_result_json(result, analysis);
}

}  // namespace

ReportFormat json_format() {
  return {"json", "the record of the run, as result.json", {.write = write_json}};
}

}  // namespace tracetax
