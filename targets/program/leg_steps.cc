// Steps that ask a store or a broker, and those that stay in this process.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <thread>

#include "targets/program/program.h"
#include "targets/request/steady_nanos.h"
#include "targets/request/uniform.h"
#include "targets/stages/application/work.h"

namespace tracetax {
namespace {

Nanos scaled(Nanos time, double factor) {
  return Nanos(std::llround(static_cast<double>(time.count()) * factor));
}

}  // namespace

StepEnd Program::after_leg(const LegResult& result, const std::optional<Branch>& none,
                           StepWalk& walk) const {
  if (result.end == LegEnd::failed) return failed_step(result.error);
  if (result.end == LegEnd::none && none) return take(*none, walk);
  return {};
}

StepEnd Program::run(const SqlStep& step, StepWalk& walk) const {
  const LegCall call{tracer_, walk.parent, walk.values};
  return after_leg(spec_.stores.at(step.store)->run(step, call), step.none, walk);
}

StepEnd Program::run(const StoreStep& step, StepWalk& walk) const {
  const LegCall call{tracer_, walk.parent, walk.values};
  return after_leg(spec_.stores.at(step.store)->run(step, call), step.none, walk);
}

StepEnd Program::run(const PublishStep& step, StepWalk& walk) const {
  const LegCall call{tracer_, walk.parent, walk.values};
  return after_leg(spec_.brokers.at(step.broker)->publish(step, call), std::nullopt, walk);
}

StepEnd Program::run(const LimitStep& step, StepWalk& walk) const {
  if (limits_.at(&step)->allow(steady_nanos())) return {};
  return take(step.none, walk);
}

StepEnd Program::run(const WorkStep& step, StepWalk& walk) const {
  if (works_.at(&step)->run(walk.values) || !step.none) return {};
  return take(*step.none, walk);
}

StepEnd Program::run(const SpinStep& step, StepWalk&) const {
  burn_cpu(scaled(step.time, slower_));
  return {};
}

StepEnd Program::run(const AllocStep& step, StepWalk&) const {
  const auto bytes = static_cast<std::size_t>(step.bytes);
  const std::unique_ptr<char[]> block(new char[bytes]);
  std::memset(block.get(), 1, bytes);
  asm volatile("" : : "r"(block.get()) : "memory");  // or the compiler leaves both out
  return {};
}

StepEnd Program::run(const SleepStep& step, StepWalk&) const {
  const double share = step.most > step.least ? thread_uniform()() : 0.0;
  const Nanos time = step.least + scaled(step.most - step.least, share);
  std::this_thread::sleep_for(scaled(time, slower_));
  return {};
}

}  // namespace tracetax
