// The folder that a run writes to: result.json as it goes on; report.html, report.md, the framework
// tables and, if the run was judged, verdict.md at the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "harness/core/text/error.h"
#include "reports/words/report.h"

namespace tracetax {

class OutputFolder {
 public:
  /// Makes `asked`, or tracetax-out/SUITE-TIME when that is empty, and makes sure it can be written
  /// to. It is this run's own as long as the object lives: usage error if another run writes to it,
  /// or, where nothing was asked for, the next free name. A result.json that is there already is
  /// kept, under a name with the time it was written; the reports made from it are not.
  [[nodiscard]] static Result<OutputFolder> create(const std::string& asked, std::string_view suite,
                                                   std::string_view started_at);

  [[nodiscard]] Status save_result(const RunResult& result) const;
  /// result.json, and what formats have in a run's folder (ReportFile); `asked` are the options of
  /// the command. Gives the paths written, that of the record last.
  [[nodiscard]] Result<std::vector<std::string>> save_reports(
      const RunResult& result, const Analysis& analysis, const FormatChoices& asked = {}) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  /// A descriptor of the folder, locked. The system ends the lock with the process, however it
  /// ends.
  class Lock;
  OutputFolder(std::string path, std::shared_ptr<const Lock> lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  std::shared_ptr<const Lock> lock_;
};

}  // namespace tracetax
