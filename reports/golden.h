// Golden files: a format's text against the one that is kept in testdata. UPDATE_GOLDEN=1 writes
// them anew.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "harness/analysis/comparison.h"
#include "harness/core/text/checkout_testing.h"
#include "reports/catalog.h"
#include "reports/record/result_json.h"
#include "reports/testing.h"

namespace tracetax::testing {

inline void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = source_folder() + "/reports/testdata/" + name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing; UPDATE_GOLDEN=1 writes it";
  std::stringstream kept;
  kept << file.rdbuf();
  EXPECT_TRUE(kept.str() == text) << name << " has changed; look at it, then UPDATE_GOLDEN=1.\n"
                                  << text;
}

inline std::string rendered(const RunResult& result, std::string_view format,
                            ReportOptions options = {}) {
  options.describe = describe_made_up;
  return find_report_format(format).value().write(result, analyse(result), options);
}

/// Every format made from what result.json gives back equals the one made from the run itself.
inline void expect_same_after_reading(const RunResult& result) {
  const auto read_back = read_result_json(rendered(result, "json"), "result.json");
  ASSERT_TRUE(read_back) << read_back.error().message;
  for (const ReportFormat& format : report_formats()) {
    EXPECT_TRUE(rendered(*read_back, format.name) == rendered(result, format.name)) << format.name;
  }
}

}  // namespace tracetax::testing
