// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/target_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

namespace tracetax {
namespace {

bool is_the_targets(VoidRule rule) {
  return rule == VoidRule::target_failed || rule == VoidRule::target_restarted ||
         rule == VoidRule::target_killed || rule == VoidRule::too_many_errors ||
         rule == VoidRule::receipt_open || rule == VoidRule::companion_failed ||
         rule == VoidRule::invariant_broken;
}

/// Fit for a file name on any system.
std::string as_file_name(std::string name) {
  constexpr std::string_view kRefused = "/\\:*?\"<>| ";
  for (char& c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || kRefused.find(c) != kRefused.npos) c = '_';
  }
  return name;
}

std::string file_text(const TargetOutput& output) {
  std::string text = fmt::format("# target {}, arm {}, {}{}{}\n# command: {}\n", output.target,
                                 output.arm, output.when, output.failure.empty() ? "" : ": ",
                                 output.failure, fmt::join(output.argv, " "));
  if (!output.working_dir.empty()) text += fmt::format("# in the folder: {}\n", output.working_dir);
  text += "# environment that tracetax set:\n";
  for (const auto& [name, value] : output.environment) {
    if (name != "TRACETAX_PAD")  // which says nothing
      text += fmt::format("#   {}={}\n", name, value);
  }
  const bool cut = output.written > output.text.size();
  text +=
      fmt::format("# it wrote {} bytes{}:\n", output.written,
                  cut ? fmt::format(", of which these are the last {}", output.text.size()) : "");
  text += output.text;
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

constexpr std::string_view kLast = ".log", kFirstFailure = ".first-failure.log";

}  // namespace

std::string target_failure(const SegmentRecord& segment) {
  const auto found = std::ranges::find_if(segment.voids, is_the_targets, &VoidReason::rule);
  return found == segment.voids.end() ? "" : found->detail;
}

TargetOutputs::TargetOutputs(std::string folder, const Suite& suite)
    : folder_(std::move(folder)), names_targets_(suite.targets.size() > 1) {
  if (folder_.empty()) return;
  for (const TargetSpec& target : suite.targets) {
    for (const ArmSpec& arm : suite.arms) {
      std::error_code ignored;
      for (const std::string_view end : {kLast, kFirstFailure})
        std::filesystem::remove(path_of(target.name, arm.name) + std::string(end), ignored);
    }
  }
}

void TargetOutputs::keep(const TargetOutput& output) {
  if (folder_.empty() || output.argv.empty()) return;
  const std::string path = path_of(output.target, output.arm);
  const std::string text = file_text(output);
  // No write_file(): it waits for the disk, and this is done after every segment.
  std::ofstream(path + std::string(kLast), std::ios::binary) << text;
  const std::pair place{output.target, output.arm};
  if (output.failure.empty() || first_failures_.contains(place)) return;
  const std::string failure_path = path + std::string(kFirstFailure);
  if (std::ofstream(failure_path, std::ios::binary) << text)
    first_failures_.emplace(place, failure_path);
}

std::string TargetOutputs::first_failure(std::string_view target, std::string_view arm) const {
  const auto found = first_failures_.find({std::string(target), std::string(arm)});
  return found == first_failures_.end() ? "" : found->second;
}

std::vector<std::string> TargetOutputs::first_failures() const {
  std::vector<std::string> paths;
  for (const auto& [place, path] : first_failures_) paths.push_back(path);
  return paths;
}

std::string TargetOutputs::path_of(const std::string& target, const std::string& arm) const {
  return fmt::format("{}/target-{}{}", folder_, names_targets_ ? as_file_name(target) + "-" : "",
                     as_file_name(arm));
}

}  // namespace tracetax
