// The folder that a run writes to: result.json as it goes on; report.md, the framework tables and,
// if the run was judged, verdict.md at the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "harness/core/text/error.h"
#include "reports/words/language.h"

namespace tracetax {

class OutputFolder {
 public:
  /// Makes `asked`, or tracetax-out/SUITE-TIME when that is empty, and makes sure it can be written
  /// to. A result.json that is there already is kept, under a name with the time it was written;
  /// the reports made from it are not.
  [[nodiscard]] static Result<OutputFolder> create(const std::string& asked, std::string_view suite,
                                                   std::string_view started_at);

  [[nodiscard]] Status save_result(const RunResult& result) const;
  [[nodiscard]] Status save_reports(const RunResult& result, const Analysis& analysis) const;
  /// frameworks.md, and for Chinese frameworks.zh.md too, where the run is about several targets;
  /// gives the paths written, none otherwise.
  [[nodiscard]] Result<std::vector<std::string>> save_framework_tables(const RunResult& result,
                                                                       const Analysis& analysis,
                                                                       Language language) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit OutputFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace tracetax
