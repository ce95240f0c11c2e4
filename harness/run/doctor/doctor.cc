// SPDX-License-Identifier: Apache-2.0
#include "harness/run/doctor/doctor.h"

#include <chrono>

#include "harness/run/doctor/cells.h"
#include "harness/run/doctor/checks.h"
#include "harness/run/doctor/look.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Nanos kNoTimeLeft = 1s;  // a look that cannot even start a service is none

class Doctor {
 public:
  Doctor(const Suite& suite, const RunnerOptions& options, Nanos longest)
      : asked_(suite), cells_(suite, options, longest) {}

  Result<Examination> examine(LookAt what) {
    const auto began = Clock::now();
    const Status done = cells_.each(
        [&](const TargetSpec& target) {
          return what == LookAt::all || target.kind != TargetKind::emulated;
        },
        [&](const SegmentContext& cell) { return look_at_cell(cell); });
    if (!done) return failure(done.error());
    found_.took_s = std::chrono::duration<double>(Clock::now() - began).count();
    return std::move(found_);
  }

 private:
  Status look_at_cell(SegmentContext context) {
    const Suite& suite = cells_.suite();
    const Limit& limit = cells_.limit();
    LookTask task{.context = context, .left = [&limit] { return limit.left(); }};
    if (const auto* share = std::get_if<CapacityShare>(&suite.load.levels.front()))
      task.share = share->share;
    std::vector<ArmLook> looks;
    for (const int arm : arms_to_look_at(suite, context.target)) {
      if (limit.interrupted()) return {};
      const std::string& name = suite.arms[static_cast<std::size_t>(arm)].name;
      cells_.at_arm(name);
      if (limit.left() < kNoTimeLeft) {
        found_.lines.push_back(
            {"time", name, CheckWord::note, "not looked at: the time for it is over", ""});
        continue;
      }
      task.arm = arm;
      task.first = looks.empty();
      ArmLook look = look_at(task);
      // A look that the time cut short says nothing about the service.
      if (limit.left() <= Nanos{0}) look.stop.reset();
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
      if (!cells_.one_cell())
        line.arm = fmt::format("{}/{} {}", context.target.name, context.scenario.name, line.arm);
      found_.lines.push_back(std::move(line));
    }
    found_.looks.insert(found_.looks.end(), looks.begin(), looks.end());
    return {};
  }

  const Suite& asked_;
  Cells cells_;  // the same with less patience
  Examination found_;
};

}  // namespace

Result<Examination> examine(const Suite& suite, const RunnerOptions& options, LookAt what,
                            Nanos longest) {
  return Doctor{suite, options, longest}.examine(what);
}

}  // namespace tracetax
