// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/gate_plan.h"

#include <algorithm>
#include <sstream>

#include "harness/core/suite/gate_reader.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/suite/suite_writer.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

bool is_judged(const ArmSpec& arm, const GateSpec& gate) {
  return std::ranges::find(gate.arms, arm.name) != gate.arms.end();
}

std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words;
  std::istringstream stream(command);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// What a revision of a framework's service is; empty: the target is a command.
std::string program_needed(const TargetSpec& target) {
  if (target.kind == TargetKind::emulated) return "that revision's tracetax-target";
  if (target.kind == TargetKind::real) return "that revision's " + target.framework;
  return {};
}

/// `arm` of `target`, started as `revision`; `option` is where that was given.
Result<ArmOverride> started_as(const Revision& revision, const char* option, const ArmSpec& arm,
                               const TargetSpec& target) {
  const auto found = arm.per_target.find(target.name);
  ArmOverride changed = found == arm.per_target.end() ? ArmOverride{} : found->second;
  if (target.kind == TargetKind::attached) {
    return failure(ExitCode::usage,
                   fmt::format("{}: target {} already runs; it cannot be started as another "
                               "revision",
                               option, quote(target.name)));
  }
  if (revision.is_folder) {
    if (const std::string needs = program_needed(target); !needs.empty()) {
      return failure(
          ExitCode::usage,
          fmt::format("{}: {} is a folder; target {} is {} and needs {}", option,
                      quote(revision.given), quote(target.name), name_of(target.kind), needs));
    }
    changed.working_dir = revision.given;
  } else if (revision.given.find(' ') != std::string::npos) {
    if (const std::string needs = program_needed(target); !needs.empty()) {
      return failure(ExitCode::usage, fmt::format("{}: {} is a command; target {} is {} and "
                                                  "needs the path of {}",
                                                  option, quote(revision.given), quote(target.name),
                                                  name_of(target.kind), needs));
    }
    changed.command = words_of(revision.given);
    changed.program.reset();
  } else {
    changed.program = revision.given;
    if (changed.command) {
      changed.command->front() = revision.given;
      changed.program.reset();
    }
  }
  return changed;
}

}  // namespace

Result<GateSpec> gate_of(const Suite& suite, const GateOverrides& overrides) {
  GateSpec gate = suite.gate.value_or(GateSpec{});
  if (overrides.required) {
    std::erase_if(gate.metrics, [&](const GateMetric& gated) {
      const auto again = std::ranges::find(*overrides.required, gated.metric, &GateMetric::metric);
      return gated.required || again != overrides.required->end();
    });
    gate.metrics.insert(gate.metrics.begin(), overrides.required->begin(),
                        overrides.required->end());
  }
  std::vector<std::string> names;
  for (const ArmSpec& arm : suite.arms) {
    if (arm.role == ArmRole::traced || arm.role == ArmRole::sham) names.push_back(arm.name);
  }
  for (const std::string& name : overrides.arms) {
    if (std::ranges::find(names, name) == names.end()) {
      return failure(ExitCode::usage, "--arm: " + unknown_name("arm", name, names));
    }
  }
  if (!overrides.arms.empty()) {
    gate.arms = overrides.arms;
    gate.arms_by_default = false;
  }
  if (overrides.effort) {
    gate.effort = *overrides.effort;
    gate.looks.clear();
  }
  gate.stop = overrides.stop.value_or(gate.stop);
  gate.inconclusive = overrides.inconclusive.value_or(gate.inconclusive);
  gate.forced = gate.forced || overrides.forced;
  if (Status complete = complete_gate(gate, suite); !complete) return failure(complete.error());
  return gate;
}

int blocks_to_plan(int pairs) { return pairs + pairs / 3; }

Result<Suite> suite_to_judge(Suite suite, const GateSpec& gate, const Revisions& revisions) {
  std::erase_if(suite.arms, [&](const ArmSpec& arm) {
    if (arm.role == ArmRole::off || is_judged(arm, gate)) return false;
    return arm.role != ArmRole::sham || !(gate.sham || gate.effort == Effort::paper);
  });
  suite.reference.clear();  // a gate judges against off
  if (revisions.head) {
    for (ArmSpec& arm : suite.arms) {
      for (const TargetSpec& target : suite.targets) {
        auto changed = started_as(*revisions.head, "--head", arm, target);
        if (!changed) return failure(changed.error());
        arm.per_target[target.name] = std::move(*changed);
      }
    }
  }
  if (revisions.base) {
    const std::vector<ArmSpec> arms = suite.arms;
    for (const ArmSpec& arm : arms) {
      if (!is_judged(arm, gate) || arm.role != ArmRole::traced) continue;
      ArmSpec base_arm = arm;
      base_arm.name = base_arm_name(arm.name);
      base_arm.role = ArmRole::base;
      for (const TargetSpec& target : suite.targets) {
        auto changed = started_as(*revisions.base, "--base", arm, target);
        if (!changed) return failure(changed.error());
        base_arm.per_target[target.name] = std::move(*changed);
      }
      suite.arms.push_back(std::move(base_arm));
    }
  }
  if (!judges(gate, SegmentKind::capacity)) suite.design.capacity.reset();
  suite.design.blocks = blocks_to_plan(gate.looks.back().pairs) * blocks_per_unit(suite);
  suite.gate = gate;
  suite.resolved = resolved_form(suite);
  return suite;
}

}  // namespace tracetax
