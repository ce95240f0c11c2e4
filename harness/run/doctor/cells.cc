// SPDX-License-Identifier: Apache-2.0
#include "harness/run/doctor/cells.h"

#include <algorithm>

#include "harness/run/process/interrupt_watch.h"
#include "harness/run/service/arm_environment.h"
#include "harness/run/target_check.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
constexpr Nanos kReadyReserve = 5s;  // for what comes after a slow start
constexpr Nanos kStopPatience = 5s;

}  // namespace

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

Cells::Cells(const Suite& suite, const RunnerOptions& options, Nanos longest)
    : suite_(suite), options_(options), limit_(options.interrupted, longest) {
  for (TargetSpec& target : suite_.targets) {
    target.ready_within = std::min(target.ready_within, longest - kReadyReserve);
    target.stop_within = std::min(target.stop_within, kStopPatience);
  }
}

Status Cells::each(const std::function<bool(const TargetSpec&)>& wanted, const WithCell& look) {
  if (Status possible = check_targets(suite_, options_); !possible)
    return failure(possible.error());
  if (Status ready = set_up(); !ready) return failure(ready.error());
  const PinnedHere pinned;
  if (Status here = pin_this_thread(pinning_.driver); !here) return failure(here.error());
  for (const TargetSpec& target : suite_.targets) {
    if (!wanted(target)) continue;
    for (const ScenarioSpec& scenario : suite_.scenarios) {
      if (!is_for(scenario, target)) continue;
      if (Status looked = look_at(target, scenario, look); !looked) return failure(looked.error());
    }
  }
  if (limit_.interrupted()) return failure(ExitCode::interrupted, "interrupted");
  return {};
}

Status Cells::set_up() {
  auto pinning = choose_pinning(suite_.pin, suite_.load.threads);
  if (!pinning) return failure(pinning.error());
  pinning_ = std::move(*pinning);
  auto sinks = start_sinks(suite_, options_.tracetax_program, 1, pinning_.driver);
  if (!sinks) return failure(sinks.error());
  sinks_ = std::move(*sinks);
  return {};
}

Status Cells::look_at(const TargetSpec& target, const ScenarioSpec& scenario,
                      const WithCell& look) {
  const auto kind = find_in_catalog(options_.scenarios, "scenario kind", scenario.kind);
  if (!kind) return failure(kind.error());
  const OfferedRate& asked = suite_.load.levels.front();
  const double* fixed = std::get_if<double>(&asked);
  return look(SegmentContext{&suite_, target, scenario, kind->prepare, options_.target_program,
                             pinning_, release_mode_for(static_cast<int>(allowed_cpus().size())),
                             sinks_, fixed != nullptr ? *fixed : 0,
                             [&](std::string_view step) { tell(target, scenario, step); },
                             [this] { return limit_.over(); }, limit_.token(), &live_});
}

void Cells::tell(const TargetSpec& target, const ScenarioSpec& scenario, std::string_view step) {
  if (!options_.progress) return;
  progress_.cell = one_cell() ? "" : target.name + "/" + scenario.name;
  progress_.step = fmt::format("look before the run: {}", step);
  options_.progress(progress_);
}

}  // namespace tracetax
