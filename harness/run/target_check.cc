// SPDX-License-Identifier: Apache-2.0
#include "harness/run/target_check.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "harness/core/services.h"
#include "harness/core/text/sha256.h"
#include "harness/run/process/ports.h"
#include "harness/run/process/process.h"
#include "harness/run/process/readiness.h"
#include "harness/run/running_target.h"
#include "harness/run/service/arm_environment.h"
#include "harness/run/service/service_plan.h"

namespace tracetax {
namespace {

constexpr int kSomePort = 1;  // addresses are only looked at, nobody connects
constexpr int kKeepPlaceholder = 0;

void note(std::vector<std::string>& mistakes, const std::string& where, const Error& error) {
  std::string line = where + ": " + error.message;
  if (std::find(mistakes.begin(), mistakes.end(), line) == mistakes.end()) {
    mistakes.push_back(std::move(line));
  }
}

/// Further ports of a front, and those of other services: "{port.admin}".
std::string with_some_ports(std::string url) {
  for (std::size_t at = 0; (at = url.find("{port.", at)) != std::string::npos;) {
    const std::size_t end = url.find('}', at);
    if (end == std::string::npos) break;
    url.replace(at, end + 1 - at, std::to_string(kSomePort));
  }
  return url;
}

void check_target(const Suite& suite, const TargetSpec& target, const RunnerOptions& options,
                  std::vector<std::string>& mistakes) {
  const std::string where = "target " + target.name;
  if (target.kind == TargetKind::attached) {
    const auto endpoint = endpoint_of_url(target.url);
    if (!endpoint) note(mistakes, where, endpoint.error());
    return;
  }
  const auto probe = readiness_probe(with_some_ports(readiness_url(target, kSomePort)));
  if (!probe) note(mistakes, where, probe.error());
  const LaunchFacts facts{options.target_program, kSomePort, {kSomePort, kSomePort}, 0};
  for (const ServiceSpec& service : services_of(suite, target)) {
    for (const ArmSpec& arm : suite.arms) {
      const auto program = program_of(service, service_command(suite, target, service, arm, facts));
      if (!program) note(mistakes, label_of(target, service), program.error());
    }
  }
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

/// As in force in every arm: what the arm sets, else what tracetax was started with, else
/// `otherwise`. "1", or "1 (2 in on@1%-2p)" where arms differ from the first.
std::string in_force(const Suite& suite, const SubjectFacts& facts, const std::string& name,
                     const std::string& otherwise) {
  const Environment inherited = inherited_environment();
  const auto value_in = [&](const ArmSpec& arm) {
    for (const Environment* set : {&facts.arm_env.at(arm.name), &inherited}) {
      const auto found = set->find(name);
      if (found != set->end() && !found->second.empty()) return found->second;
    }
    return otherwise;
  };
  const std::string first = value_in(suite.arms.front());
  std::string others;
  for (const ArmSpec& arm : suite.arms) {
    const std::string value = value_in(arm);
    if (value != first)
      others += fmt::format("{}{} in {}", others.empty() ? "" : ", ", value, arm.name);
  }
  return others.empty() ? first : fmt::format("{} ({})", first, others);
}

}  // namespace

Status check_targets(const Suite& suite, const RunnerOptions& options) {
  std::vector<std::string> mistakes;
  for (const TargetSpec& target : suite.targets) check_target(suite, target, options, mistakes);
  if (mistakes.empty()) return {};
  return failure(ExitCode::usage, fmt::format("{}", fmt::join(mistakes, "\n")));
}

std::vector<SubjectFacts> describe_subjects(const Suite& suite, const RunnerOptions& options,
                                            const std::vector<SinkPorts>& sinks, int target_cpus) {
  std::vector<SubjectFacts> subjects;
  for (const TargetSpec& target : suite.targets) {
    SubjectFacts facts;
    facts.name = target.name;
    facts.kind = name_of(target.kind);
    facts.off_state = name_of(state_of(suite.arms.front(), target));
    if (target.kind == TargetKind::attached) {
      facts.command = target.url;
      subjects.push_back(std::move(facts));
      continue;
    }
    for (std::size_t i = 0; i < suite.arms.size(); ++i) {
      const ArmSpec& arm = suite.arms[i];
      const TargetCommand command = target_command(
          suite, target, arm, {options.target_program, kKeepPlaceholder, sinks[i], 0});
      facts.arm_env[arm.name] = command.environment;
      if (&arm != &suite.arms.front()) continue;
      facts.command = fmt::format("{}", fmt::join(command.argv, " "));
      const ServiceSpec* front = front_of(target);
      const auto program = program_of(front != nullptr ? *front : ServiceSpec{}, command);
      const bool relative = program && program->front() != '/';
      if (program) {
        facts.binary_sha256 =
            file_sha256(relative ? command.working_dir + "/" + *program : *program);
      }
    }
    if (target.kind == TargetKind::real) {
      const auto told = options.versions.find(target.framework);
      if (told != options.versions.end()) facts.versions = told->second;
      facts.versions["GOMAXPROCS"] =
          in_force(suite, facts, "GOMAXPROCS", std::to_string(target_cpus));
      facts.versions["GOGC"] = in_force(suite, facts, "GOGC", "100");
    }
    subjects.push_back(std::move(facts));
  }
  return subjects;
}

}  // namespace tracetax
