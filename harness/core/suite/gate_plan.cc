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

/// What the base revision of a framework's service is; empty: the target is a command.
std::string program_needed(const TargetSpec& target) {
  if (target.kind == TargetKind::emulated) return "the base revision's tracetax-target";
  if (target.kind == TargetKind::real) return "the base revision's " + target.framework;
  return {};
}

Result<ArmOverride> base_override(const ArmSpec& arm, const TargetSpec& target,
                                  const BaseRevision& base) {
  const auto found = arm.per_target.find(target.name);
  ArmOverride changed = found == arm.per_target.end() ? ArmOverride{} : found->second;
  if (target.kind == TargetKind::attached) {
    return failure(ExitCode::usage,
                   fmt::format("--base: target {} already runs; it cannot be started as the base "
                               "revision",
                               quote(target.name)));
  }
  if (base.is_folder) {
    if (const std::string needs = program_needed(target); !needs.empty()) {
      return failure(ExitCode::usage, fmt::format("--base: {} is a folder; target {} is {} and "
                                                  "needs {}",
                                                  quote(base.given), quote(target.name),
                                                  name_of(target.kind), needs));
    }
    changed.working_dir = base.given;
  } else if (base.given.find(' ') != std::string::npos) {
    if (const std::string needs = program_needed(target); !needs.empty()) {
      return failure(ExitCode::usage, fmt::format("--base: {} is a command; target {} is {} and "
                                                  "needs the path of {}",
                                                  quote(base.given), quote(target.name),
                                                  name_of(target.kind), needs));
    }
    changed.command = words_of(base.given);
    changed.program.reset();
  } else {
    changed.program = base.given;
    if (changed.command) {
      changed.command->front() = base.given;
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

Result<Suite> suite_to_judge(Suite suite, const GateSpec& gate,
                             const std::optional<BaseRevision>& base) {
  std::erase_if(suite.arms, [&](const ArmSpec& arm) {
    if (arm.role == ArmRole::off || is_judged(arm, gate)) return false;
    return arm.role != ArmRole::sham || !(gate.sham || gate.effort == Effort::paper);
  });
  suite.reference.clear();  // a gate judges against off
  if (base) {
    const std::vector<ArmSpec> arms = suite.arms;
    for (const ArmSpec& arm : arms) {
      if (!is_judged(arm, gate) || arm.role != ArmRole::traced) continue;
      ArmSpec base_arm = arm;
      base_arm.name = base_arm_name(arm.name);
      base_arm.role = ArmRole::base;
      for (const TargetSpec& target : suite.targets) {
        auto changed = base_override(arm, target, *base);
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
