// SPDX-License-Identifier: Apache-2.0
#include "harness/run/preparation.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "harness/core/text/sha256.h"
#include "harness/run/arm_environment.h"
#include "harness/run/process/ports.h"
#include "harness/run/process/process.h"
#include "harness/run/process/readiness.h"
#include "harness/run/running_target.h"

namespace tracetax {
namespace {

constexpr int kSomePort = 1;  // addresses are only looked at, nobody connects
constexpr int kKeepPlaceholder = 0;

std::string_view kind_of(const TargetSpec& target) {
  switch (target.kind) {
    case TargetKind::emulated:
      return "emulated";
    case TargetKind::command:
      return "command";
    case TargetKind::attached:
      return "attached";
  }
  return "unknown";
}

void note(std::vector<std::string>& mistakes, const std::string& where, const Error& error) {
  std::string line = where + ": " + error.message;
  if (std::find(mistakes.begin(), mistakes.end(), line) == mistakes.end()) {
    mistakes.push_back(std::move(line));
  }
}

void check_target(const Suite& suite, const TargetSpec& target, const RunnerOptions& options,
                  std::vector<std::string>& mistakes) {
  const std::string where = "target " + target.name;
  if (target.kind == TargetKind::attached) {
    const auto endpoint = endpoint_of_url(target.url);
    if (!endpoint) note(mistakes, where, endpoint.error());
    return;
  }
  const auto probe = readiness_probe(readiness_url(target, kSomePort));
  if (!probe) note(mistakes, where, probe.error());
  for (const ArmSpec& arm : suite.arms) {
    const TargetCommand command = target_command(
        suite, target, arm, {options.target_program, kSomePort, {kSomePort, kSomePort}, 0});
    const auto program =
        find_program(command.argv.empty() ? "" : command.argv.front(), command.working_dir);
    if (!program) note(mistakes, where, program.error());
  }
}

void check_scenario(const Suite& suite, const ScenarioSpec& scenario, const RunnerOptions& options,
                    std::vector<std::string>& mistakes) {
  const std::string where = "scenario " + scenario.name;
  const auto kind = find_in_catalog(options.scenarios, "scenario kind", scenario.kind);
  if (!kind) {
    note(mistakes, where, kind.error());
    return;
  }
  const bool caller = std::ranges::any_of(suite.targets, [&](const TargetSpec& target) {
    return is_for(scenario, target) && sampling_of(suite, target) == Sampling::caller;
  });
  const auto prepared = kind->prepare(scenario, {{"127.0.0.1", kSomePort}, caller, false});
  if (!prepared) note(mistakes, where, prepared.error());
}

/// Empty if the file cannot be read.
std::string file_sha256(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return {};
  Sha256 sum;
  std::array<char, 65536> piece{};
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
    sum.update({piece.data(), static_cast<std::size_t>(file.gcount())});
  }
  return sum.finish();
}

}  // namespace

Status check_suite_can_run(const Suite& suite, const RunnerOptions& options) {
  std::vector<std::string> mistakes;
  for (const TargetSpec& target : suite.targets) check_target(suite, target, options, mistakes);
  for (const ScenarioSpec& scenario : suite.scenarios) {
    check_scenario(suite, scenario, options, mistakes);
  }
  if (mistakes.empty()) return {};
  return failure(ExitCode::usage, fmt::format("{}", fmt::join(mistakes, "\n")));
}

std::vector<SubjectFacts> describe_subjects(const Suite& suite, const RunnerOptions& options,
                                            const SinkPorts& sink) {
  std::vector<SubjectFacts> subjects;
  for (const TargetSpec& target : suite.targets) {
    SubjectFacts facts;
    facts.name = target.name;
    facts.kind = kind_of(target);
    facts.off_state = name_of(state_of(suite.arms.front(), target));
    if (target.kind == TargetKind::attached) {
      facts.command = target.url;
      subjects.push_back(std::move(facts));
      continue;
    }
    for (const ArmSpec& arm : suite.arms) {
      const TargetCommand command =
          target_command(suite, target, arm, {options.target_program, kKeepPlaceholder, sink, 0});
      facts.arm_env[arm.name] = command.environment;
      if (&arm != &suite.arms.front()) continue;
      facts.command = fmt::format("{}", fmt::join(command.argv, " "));
      const auto program = find_program(command.argv.front(), command.working_dir);
      const bool relative = program && program->front() != '/';
      if (program) {
        facts.binary_sha256 =
            file_sha256(relative ? command.working_dir + "/" + *program : *program);
      }
    }
    subjects.push_back(std::move(facts));
  }
  return subjects;
}

}  // namespace tracetax
