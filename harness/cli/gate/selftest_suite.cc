// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/selftest_suite.h"

#include <algorithm>
#include <cmath>

#include "harness/core/suite/suite_writer.h"

namespace tracetax {
namespace {

constexpr const char* kSame = "off2";

ArmSpec sham_of(const ArmSpec& off) {
  ArmSpec sham = off;
  sham.name = kSame;
  sham.role = ArmRole::sham;
  return sham;
}

/// Of two options with the same name the target takes neither, so the sum goes into one.
std::vector<std::string> with_more_work(const std::vector<std::string>& args, Nanos more) {
  constexpr std::string_view kOption = "--work-per-request";
  std::vector<std::string> changed;
  Nanos work = more;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i] != kOption || i + 1 == args.size()) {
      changed.push_back(args[i]);
      continue;
    }
    work += parse_duration(args[++i]).value_or(Nanos{0});
  }
  changed.insert(changed.end(), {std::string(kOption), format_duration_exact(work)});
  return changed;
}

Nanos time_of(const InjectionSize& what, const Baseline& baseline) {
  if (what.time) return *what.time;
  const double whole_ns =
      what.injection == Injection::latency ? baseline.response_p50_ns : baseline.cpu_us * 1e3;
  return Nanos{std::llround(*what.share * whole_ns)};
}

ArmSpec injected_arm(const Suite& suite, const SelftestOptions& options,
                     std::optional<Nanos> time) {
  const TargetSpec& target = suite.targets.front();
  ArmSpec arm = suite.arms.front();
  arm.role = ArmRole::traced;
  ArmOverride& changed = arm.per_target[target.name];
  const std::vector<std::string> args = changed.args.value_or(target.args);
  if (time) {
    arm.name = "injected";
    arm.state = state_of(suite.arms.front(), target);
    if (options.what.injection == Injection::busy) {
      arm.rate = SampleRate::make(1).value();  // of the flag; the state traces nothing
      changed.args = args;
      changed.args->insert(changed.args->end(),
                           {"--busy-per-sampled", format_duration_exact(*time)});
    } else {
      changed.args = with_more_work(args, *time);
    }
    return arm;
  }
  arm.name = "on@100%";
  arm.state = TracingState::exporting;
  arm.rate = SampleRate::make(1).value();
  changed.args = args;
  changed.args->insert(
      changed.args->end(),
      {"--lose-spans", format_sample_rate(SampleRate::make(*options.what.share).value())});
  return arm;
}

}  // namespace

Result<Suite> suite_for_baseline(Suite suite, const SelftestOptions& options) {
  if (suite.targets.size() != 1 || suite.scenarios.size() != 1) {
    return failure(ExitCode::usage,
                   options.suite +
                       ": selftest takes a suite of one target and one scenario; choose "
                       "with --set, or use the suite selftest");
  }
  if (options.what.injection != Injection::none &&
      suite.targets.front().kind != TargetKind::emulated) {
    return failure(ExitCode::usage,
                   options.suite +
                       ": something can be injected into emulated targets only; --aa works "
                       "with any");
  }
  const ArmSpec off = suite.arms.front();
  suite.arms = {off, sham_of(off)};
  suite.design.capacity.reset();
  suite.gate.reset();
  constexpr int kBlocks = 3;  // six launches of off: a size in percent is right within one
  suite.design.blocks = kBlocks;
  suite.resolved = resolved_form(suite);
  return suite;
}

Result<SelftestSuite> suite_for_selftest(Suite suite, const SelftestOptions& options,
                                         const Baseline& baseline) {
  SelftestSuite made;
  const Injection injection = options.what.injection;
  const ArmSpec off = suite.arms.front();
  if (injection == Injection::none) {
    suite.arms = {off, sham_of(off)};
  } else {
    if (injection != Injection::drop) made.injected = time_of(options.what, baseline);
    suite.arms = {off, injected_arm(suite, options, made.injected)};
  }
  suite.load.levels = {baseline.rate};
  suite.gate.reset();  // the metric is the injection's, the rest the command line's
  GateOverrides overrides = options.gate;
  overrides.arms = {suite.arms.back().name};
  auto gate = gate_of(suite, overrides);
  if (!gate) return failure(gate.error());
  // Everything that is advisory by default stays out: one test, one answer.
  std::erase_if(gate->metrics, [](const GateMetric& gated) { return !gated.required; });
  auto judged = suite_to_judge(std::move(suite), *gate, {});
  if (!judged) return failure(judged.error());
  made.suite = std::move(*judged);
  made.gate = std::move(*gate);
  return made;
}

}  // namespace tracetax
