// The folder that a run writes to: result.json after every segment; report.md at the end, and
// verdict.md if the run was judged.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/analysis/comparison.h"
#include "harness/core/error.h"
#include "harness/core/run_result.h"

namespace tracetax {

class OutputFolder {
 public:
  /// Makes `asked`, or tracetax-out/SUITE-TIME when that is empty, and makes sure it can be written to.
  /// A result.json that is there already is kept, under a name with the time it was written.
  [[nodiscard]] static Result<OutputFolder> create(const std::string& asked, std::string_view suite,
                                                   std::string_view started_at);

  [[nodiscard]] Status save_result(const RunResult& result) const;
  [[nodiscard]] Status save_reports(const RunResult& result, const Analysis& analysis) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit OutputFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace tracetax
