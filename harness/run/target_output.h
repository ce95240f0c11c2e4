// What one launch of a target was told and what it said, kept for people to read when it fails.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

struct TargetOutput {
  std::string target, arm;
  std::vector<std::string> argv;  // empty: nothing was launched
  std::string working_dir;
  Environment environment{};  // what tracetax set of it
  std::string text{};         // the end of what it wrote
  std::uint64_t written = 0;  // bytes in all
  std::string when{};         // "block 3"
  std::string failure{};      // what went wrong with the target; empty: nothing
};

/// What went wrong with the target in a segment, and not with the driver or the machine; empty:
/// nothing.
[[nodiscard]] std::string target_failure(const SegmentRecord& segment);

/// The outputs of a run as files in its folder: target-ARM.log of the last launch of each arm, and
/// target-ARM.first-failure.log; with several targets target-NAME-ARM.
class TargetOutputs {
 public:
  /// An empty folder: nothing is kept. Files of these names that an earlier run left are removed.
  TargetOutputs(std::string folder, const Suite& suite);

  /// Failures to write are ignored: the run's own record tells when its folder is lost.
  void keep(const TargetOutput& output);
  /// Of the first launch of this arm that failed; empty: none has, or nothing is kept.
  [[nodiscard]] std::string first_failure(std::string_view target, std::string_view arm) const;
  /// Of all arms.
  [[nodiscard]] std::vector<std::string> first_failures() const;

 private:
  [[nodiscard]] std::string path_of(const std::string& target, const std::string& arm) const;

  std::string folder_;
  bool names_targets_;
  std::map<std::pair<std::string, std::string>, std::string> first_failures_;
};

}  // namespace tracetax
