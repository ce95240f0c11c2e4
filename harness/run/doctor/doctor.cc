// SPDX-License-Identifier: Apache-2.0
#include "harness/run/doctor/doctor.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/run/doctor/checks.h"
#include "harness/run/doctor/look.h"
#include "harness/run/process/interrupt_watch.h"
#include "harness/run/service/arm_environment.h"
#include "harness/run/service/start_sinks.h"
#include "harness/run/target_check.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Nanos kReadyReserve = 5s;  // for what comes after a slow start
constexpr Nanos kStopPatience = 5s;
constexpr Nanos kNoTimeLeft = 1s;  // a look that cannot even start a service is none

/// Ends the looks at the first interrupt or when the time is over.
class Limit {
 public:
  Limit(const std::atomic<int>* interrupted, Nanos longest)
      : interrupted_(interrupted), end_(Clock::now() + longest) {
    thread_ = std::jthread{[this](const std::stop_token& done) {
      while (!done.stop_requested() && !over()) std::this_thread::sleep_for(20ms);
      if (over()) stop_.request_stop();
    }};
  }
  [[nodiscard]] bool interrupted() const { return interrupted_ != nullptr && *interrupted_ > 0; }
  [[nodiscard]] bool over() const { return interrupted() || left() <= Nanos{0}; }
  [[nodiscard]] Nanos left() const { return end_ - Clock::now(); }
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  const std::atomic<int>* interrupted_;
  Clock::time_point end_;
  std::stop_source stop_;
  std::jthread thread_;  // last: it uses the others
};

/// Places of the arms that are started in different ways: off, then those that sample most.
std::vector<int> arms_to_look_at(const Suite& suite, const TargetSpec& target) {
  std::vector<int> order;
  for (std::size_t i = 0; i < suite.arms.size(); ++i) {
    if (suite.arms[i].role != ArmRole::sham) order.push_back(static_cast<int>(i));
  }
  const auto arm = [&](int place) -> const ArmSpec& {
    return suite.arms[static_cast<std::size_t>(place)];
  };
  std::stable_sort(order.begin() + 1, order.end(), [&](int left, int right) {
    return arm(left).rate.share() > arm(right).rate.share();
  });
  std::vector<TargetCommand> seen;
  std::vector<int> different;
  for (const int place : order) {
    TargetCommand command = target_command(suite, target, arm(place), {});
    const bool same = std::ranges::any_of(seen, [&](const TargetCommand& other) {
      return other.argv == command.argv && other.environment == command.environment &&
             other.working_dir == command.working_dir;
    });
    // What already runs is asked once without flags and once with them.
    const bool already = target.kind == TargetKind::attached && seen.size() == 2;
    if (already || (same && target.kind != TargetKind::attached)) continue;
    seen.push_back(std::move(command));
    different.push_back(place);
  }
  return different;
}

class Doctor {
 public:
  Doctor(const Suite& suite, const RunnerOptions& options, Nanos longest)
      : asked_(suite), suite_(suite), options_(options), limit_(options.interrupted, longest) {
    for (TargetSpec& target : suite_.targets) {
      target.ready_within = std::min(target.ready_within, longest - kReadyReserve);
      target.stop_within = std::min(target.stop_within, kStopPatience);
    }
  }

  Result<Examination> examine(LookAt what) {
    const auto began = Clock::now();
    if (Status possible = check_targets(suite_, options_); !possible)
      return failure(possible.error());
    if (Status ready = set_up(); !ready) return failure(ready.error());
    const PinnedHere pinned;
    if (Status here = pin_this_thread(pinning_.driver); !here) return failure(here.error());
    for (const TargetSpec& target : suite_.targets) {
      if (what == LookAt::not_emulated && target.kind == TargetKind::emulated) continue;
      for (const ScenarioSpec& scenario : suite_.scenarios) {
        if (!is_for(scenario, target)) continue;
        if (Status looked = look_at_cell(target, scenario); !looked) return failure(looked.error());
      }
    }
    if (limit_.interrupted()) return failure(ExitCode::interrupted, "interrupted");
    found_.took_s = std::chrono::duration<double>(Clock::now() - began).count();
    return std::move(found_);
  }

 private:
  Status set_up() {
    auto pinning = choose_pinning(suite_.pin, suite_.load.threads);
    if (!pinning) return failure(pinning.error());
    pinning_ = std::move(*pinning);
    auto sinks = start_sinks(suite_, options_.tracetax_program, 1, pinning_.driver);
    if (!sinks) return failure(sinks.error());
    sinks_ = std::move(*sinks);
    return {};
  }

  Status look_at_cell(const TargetSpec& target, const ScenarioSpec& scenario) {
    const auto kind = find_in_catalog(options_.scenarios, "scenario kind", scenario.kind);
    if (!kind) return failure(kind.error());
    const OfferedRate& asked = suite_.load.levels.front();
    const double* fixed = std::get_if<double>(&asked);
    SegmentContext context{&suite_,
                           target,
                           scenario,
                           kind->prepare,
                           options_.target_program,
                           pinning_,
                           release_mode_for(static_cast<int>(allowed_cpus().size())),
                           sinks_,
                           fixed != nullptr ? *fixed : 0,
                           [&](std::string_view step) { tell(target, scenario, step); },
                           [this] { return limit_.over(); },
                           limit_.token(),
                           &live_};
    LookTask task{.context = context, .left = [this] { return limit_.left(); }};
    if (const auto* share = std::get_if<CapacityShare>(&asked)) task.share = share->share;
    std::vector<ArmLook> looks;
    for (const int arm : arms_to_look_at(suite_, target)) {
      if (limit_.interrupted()) return {};
      progress_.arm = suite_.arms[static_cast<std::size_t>(arm)].name;
      if (limit_.left() < kNoTimeLeft) {
        found_.lines.push_back(
            {"time", progress_.arm, CheckWord::note, "not looked at: the time for it is over", ""});
        continue;
      }
      task.arm = arm;
      task.first = looks.empty();
      ArmLook look = look_at(task);
      // A look that the time cut short says nothing about the service.
      if (limit_.left() <= Nanos{0}) look.stop.reset();
      if (look.failed && look.failed->code == ExitCode::interrupted) {
        found_.lines.push_back({"time", look.arm, CheckWord::note,
                                "not looked at to the end: the time for it is over", ""});
        if (looks.empty()) return {};
        continue;
      }
      looks.push_back(std::move(look));
      if (looks.back().load) context.rate = looks.back().load->planned_rate;
      if (looks.front().failed || looks.front().died) break;
    }
    for (CheckLine& line : check_lines(asked_, looks)) {
      if (suite_.targets.size() > 1 || suite_.scenarios.size() > 1)
        line.arm = fmt::format("{}/{} {}", target.name, scenario.name, line.arm);
      found_.lines.push_back(std::move(line));
    }
    found_.looks.insert(found_.looks.end(), looks.begin(), looks.end());
    return {};
  }

  void tell(const TargetSpec& target, const ScenarioSpec& scenario, std::string_view step) {
    if (!options_.progress) return;
    progress_.cell = suite_.targets.size() > 1 || suite_.scenarios.size() > 1
                         ? target.name + "/" + scenario.name
                         : "";
    progress_.step = fmt::format("look before the run: {}", step);
    options_.progress(progress_);
  }

  const Suite& asked_;
  Suite suite_;  // the same with less patience
  const RunnerOptions& options_;
  Limit limit_;
  PinningChoice pinning_;
  Sinks sinks_;
  LiveCounts live_;
  RunProgress progress_;
  Examination found_;
};

}  // namespace

Result<Examination> examine(const Suite& suite, const RunnerOptions& options, LookAt what,
                            Nanos longest) {
  return Doctor{suite, options, longest}.examine(what);
}

}  // namespace tracetax
