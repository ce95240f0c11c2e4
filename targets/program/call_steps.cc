// Steps that leave this thread: calls of other services, and steps at the same time.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <exception>
#include <latch>
#include <utility>
#include <vector>

#include "targets/program/program.h"

namespace tracetax {
namespace {

/// What a branch of a parallel step has set or changed comes to the values around it.
void merge_values(const Values& before, const Values& after, Values& into) {
  for (const auto& [name, value] : after.all()) {
    if (before.get(name) != value) into.set(name, value);
  }
}

}  // namespace

StepEnd Program::run(const CallStep& step, StepWalk& walk) const {
  const Peer& peer = *peers_.at(step.service);
  const CallEnd call = peer.call(step.route, step.deadline, walk.parent, walk.values);
  walk.labels.insert(walk.labels.end(), call.labels.begin(), call.labels.end());
  if (call.status < 400) return {};
  // Nobody was there, or its own legs broke: nobody knows which spans there are.
  if (!call.answered && !call.too_late) {
    return failed_step(
        fmt::format("the call of {} {} failed: {}", step.service, step.route, call.error));
  }
  return step.failed ? take(*step.failed, walk) : answered(call.status);
}

StepEnd Program::run(const ParallelStep& step, StepWalk& walk) const {
  struct OneOfThem {
    StepWalk walk;
    StepEnd end;
  };
  std::vector<OneOfThem> branches(step.branches.size());
  std::latch done(static_cast<std::ptrdiff_t>(branches.size()));
  for (std::size_t i = 0; i < branches.size(); ++i) {
    OneOfThem& branch = branches[i];
    branch.walk.parent = walk.parent;
    branch.walk.values = walk.values;
    const auto job = [this, &branch, &done, &steps = step.branches[i]] {
      try {
        branch.end = run_list(steps, branch.walk);
      } catch (const std::exception& error) {
        branch.end = failed_step(error.what());
      }
      done.count_down();
    };
    if (!threads_.submit(job)) job();
  }
  done.wait();
  const Values before = walk.values;
  StepEnd end;
  for (OneOfThem& branch : branches) {
    merge_values(before, branch.walk.values, walk.values);
    walk.labels.insert(walk.labels.end(), branch.walk.labels.begin(), branch.walk.labels.end());
    if (end.goes_on()) end = std::move(branch.end);
  }
  return end;
}

}  // namespace tracetax
