// Feeds any text to the reader of result.json. What is accepted must be written the same twice, and
// every report must come out of it.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "reports/catalog.h"
#include "reports/record/result_json.h"

namespace {

using namespace tracetax;

void check(bool fact) {
  if (!fact) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = read_result_json({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!result) {
    check(result.error().code == ExitCode::baseline && !result.error().message.empty());
    return 0;
  }
  const Analysis analysis = analyse(*result);
  const std::string text = write_result_json(*result, analysis);
  const auto again = read_result_json(text, "again");
  check(again.has_value());
  check(write_result_json(*again, analyse(*again)) == text);
  for (const ReportFormat& format : report_formats()) {
    check(!format.make.write(*result, analysis, {}).empty());
  }
  return 0;
}
