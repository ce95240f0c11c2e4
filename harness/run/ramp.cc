// SPDX-License-Identifier: Apache-2.0
#include "harness/run/ramp.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "harness/core/validity.h"
#include "harness/core/void_hint.h"
#include "harness/run/meter/cpu_meter.h"
#include "harness/run/meter/steady_warm_up.h"
#include "harness/run/ready_load.h"
#include "harness/run/running_target.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
constexpr Nanos kWarmup = 300ms;
constexpr Nanos kStep = 300ms;
constexpr double kWorthwhile = 1.05;
constexpr int kFlatSteps = 2;  // one may be bad luck
constexpr int kStepsAtTheBest = 7;

struct StepTaken {
  double rate = 0;         // answers/s
  double target_busy = 0;  // of its CPUs' time; 0: not metered
  LoadResult load;
};

double rate_of(const LoadResult& result) {
  return static_cast<double>(result.ok) * 1e9 /
         static_cast<double>(std::max<std::int64_t>(1, result.elapsed.count()));
}

Result<LoadResult> closed_loop(const SegmentContext& context, LoadSetup setup, int connections,
                               Nanos duration, std::uint64_t seed) {
  setup.connections = connections;
  auto engine = Engine::connect(std::move(setup), context.stop);
  if (!engine) return failure(engine.error().within("target " + context.target.name));
  LoadPhase phase;
  phase.closed = true;
  phase.duration = duration;
  phase.ids = RequestIds{seed, SampleRate{}};
  LoadResult result = (*engine)->run(phase, context.stop, context.live);
  if (context.stop.stop_requested()) return failure(ExitCode::interrupted, "interrupted");
  return result;
}

std::vector<std::string> judge(const SegmentContext& context, const LoadResult& best,
                               double target_busy) {
  std::vector<std::string> warnings;
  if (best.error_total() > 0) {
    warnings.push_back(fmt::format("target {}: {} errors while its capacity was sought; {}",
                                   context.target.name, best.error_total(),
                                   error_hint(best.errors)));
  }
  const double busy = static_cast<double>((best.cpu - best.cpu_spinning).count()) /
                      static_cast<double>(std::max<std::int64_t>(1, best.elapsed.count()));
  if (busy > 0.9 * context.suite->load.threads && target_busy < kTargetSaturated) {
    warnings.push_back(fmt::format(
        "target {}: the driver was the limit when its capacity was sought; the real one is higher",
        context.target.name));
  }
  return warnings;
}

/// On a target that is up and fresh.
Result<RampResult> climb(const SegmentContext& context, std::uint64_t seed, RunningTarget& target) {
  const auto ready = make_ready_load(context, context.suite->arms.front(), target.endpoint());
  if (!ready) return failure(ready.error());

  const int most = std::max(1, connections_of(context.scenario, context.suite->load));
  std::uint64_t branch = 0;
  const auto run = [&](int connections, Nanos duration) {
    return closed_loop(context, ready->setup, connections, duration, derive_seed(seed, branch++));
  };
  if (const auto warm = run(std::min(most, 4), kWarmup); !warm) return failure(warm.error());
  const auto tree = target.metered();
  const Design& design = context.suite->design;
  if (design.until_steady && tree) {
    // As quickly as it can: no rate is known yet, and no span is lost, for off has none.
    static_cast<void>(
        warm_up_until_steady(*tree, design, steady_window(0), [&](std::uint64_t /*number*/) {
          context.step("ramp");
          return run(most, steady_window(0)).value_or(LoadResult{}).ok;
        }));
  }

  RampResult ramp;
  std::vector<StepTaken> taken;
  const bool own_cpus = context.target.kind != TargetKind::attached;
  const auto take_step = [&](int connections) -> Status {
    context.step("ramp");
    std::optional<TreeSample> before;
    if (tree) {
      if (auto sample = sample_tree(*tree)) before = std::move(*sample);
    }
    auto result = run(connections, kStep);
    if (!result) return failure(result.error());
    StepTaken step;
    step.rate = rate_of(*result);
    if (before && own_cpus) {
      step.target_busy =
          busy_share(*before, cpu_ns_now(*before), result->elapsed, context.pinning.target)
              .value_or(0);
    }
    step.load = std::move(*result);
    taken.push_back(std::move(step));
    return {};
  };
  int best_connections = 1;
  for (int connections = 1; ramp_goes_on(ramp.steps, most);
       connections = std::min(connections * 2, most)) {
    if (Status ran = take_step(connections); !ran) return failure(ran.error());
    const double rate = taken.back().rate;
    ramp.steps.push_back({connections, rate});
    if (rate >= std::ranges::max(ramp.steps, {}, &RampStep::rate).rate)
      best_connections = connections;
  }
  // The best of many short steps is a lucky one: on a shared machine it was 1.7 times what the
  // segments came to later. So the capacity is the median of some more at the best place.
  taken.clear();
  for (int again = 0; again < kStepsAtTheBest; ++again) {
    if (Status ran = take_step(best_connections); !ran) return failure(ran.error());
  }
  const auto middle = taken.begin() + kStepsAtTheBest / 2;
  std::ranges::nth_element(taken, middle, {}, &StepTaken::rate);
  ramp.capacity = middle->rate;
  if (const auto ended = target.ended()) return failure(ExitCode::invalid, ended->why);
  if (middle->load.ok == 0) {
    const auto failed = target.failed_companions(context.abandon);
    if (!failed.empty()) return failure(ExitCode::invalid, failed.front());
  }
  static_cast<void>(target.stop(context.abandon));
  if (middle->load.ok == 0) {
    return failure(
        ExitCode::invalid,
        fmt::format(
            "target {}: not one request was answered as expected while its capacity was "
            "sought; {}",
            context.target.name,
            middle->load.errors.empty() ? "look at its output" : error_hint(middle->load.errors)));
  }
  ramp.warnings = judge(context, middle->load, middle->target_busy);
  return ramp;
}

}  // namespace

bool ramp_goes_on(const std::vector<RampStep>& steps, int connections_max) {
  if (steps.empty()) return true;
  if (steps.back().connections >= connections_max) return false;
  double best = 0;
  int flat = 0;
  for (const RampStep& step : steps) {
    flat = step.rate > best * kWorthwhile ? 0 : flat + 1;
    best = std::max(best, step.rate);
  }
  return flat < kFlatSteps;
}

double offered_share(double capacity, double share) {
  const double exact = capacity * share;
  if (exact <= 1) return 1;
  const double unit = std::pow(10.0, std::floor(std::log10(exact)) - 1);
  return std::max(1.0, std::round(exact / unit) * unit);
}

Result<RampResult> find_capacity(const SegmentContext& context, std::uint64_t seed) {
  context.step("ramp");
  const ArmSpec& off = context.suite->arms.front();
  const auto output = std::make_shared<TargetOutput>();
  auto target = RunningTarget::start({*context.suite, context.target, off, context.target_program,
                                      context.sinks.front()->ports(), 0, context.pinning.target,
                                      context.abandon, output});
  auto ramp = target ? climb(context, seed, *target) : Result<RampResult>{failure(target.error())};
  if (!ramp && ramp.error().code != ExitCode::interrupted && context.keep_output) {
    if (target) static_cast<void>(target->note_output());
    output->when = "while its capacity was sought";
    output->failure = ramp.error().message;
    context.keep_output(*output);
  }
  return ramp;
}

}  // namespace tracetax
