// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measurement.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <utility>

#include "harness/cli/programs.h"
#include "harness/core/json/json_fields.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/target_description.h"
#include "harness/core/text/url_parts.h"
#include "harness/run/machine.h"
#include "harness/run/process/interrupt.h"
#include "harness/run/process/own_program.h"
#include "harness/run/progress.h"
#include "harness/run/stamp.h"
#include "harness/run/tool_facts.h"
#include "reports/words/check_words.h"

namespace tracetax {
namespace {

// Past 2^53 a number does not survive every JSON reader.
std::uint64_t fresh_seed() {
  std::random_device entropy;
  return ((static_cast<std::uint64_t>(entropy()) << 32) | entropy()) >> 11;
}

Result<TargetDescriptions> describe_emulated() {
  static constexpr const char* kFlag = "--describe";
  return ask_target_program(kFlag).and_then([](const std::string& text) {
    return read_target_descriptions(text, fmt::format("tracetax-target {}", kFlag));
  });
}

Result<RealService> describe_real(const std::string& name) {
  const std::string program = real_folder() + "/" + name;
  return ask_real_service(name)
      .and_then([&](const std::string& text) {
        return read_target_description(text, program + " --describe");
      })
      .map([&](TargetDescription told) {
        return RealService{program, std::move(told)};
      });
}

std::string still_emulated(const std::vector<std::string>& names, bool all) {
  return fmt::format("emulated only: {}; {}", fmt::join(names, ", "),
                     all ? "no real service is built (scripts/build-real)"
                         : "their real services are not built (scripts/build-real NAME)");
}

/// The versions that real targets tell, by framework. What cannot be asked now has failed before.
std::map<std::string, std::map<std::string, std::string>> versions_of(const Suite& suite) {
  std::map<std::string, std::map<std::string, std::string>> versions;
  for (const TargetSpec& target : suite.targets) {
    if (target.kind != TargetKind::real || versions.contains(target.framework)) continue;
    if (auto service = describe_real(target.framework))
      versions[target.framework] = std::move(service->told.versions);
  }
  return versions;
}

constexpr int kErrorColumns = 80;
constexpr int kFewestLaunches = 6;

void hide_passwords(std::vector<SubjectFacts>& subjects) {
  for (SubjectFacts& subject : subjects) {
    subject.command = without_userinfo(subject.command);
    for (auto& [arm, environment] : subject.arm_env) {
      for (auto& [name, value] : environment) value = without_userinfo(value);
    }
  }
}

void check_scenario(const ScenarioSpec& scenario, const Suite& suite, const ScenarioKinds& kinds,
                    Mistakes& mistakes) {
  const std::string place = "/scenarios/" + pointer_step(scenario.name);
  const auto kind = find_in_catalog(kinds.entries(), "scenario kind", scenario.kind);
  if (!kind) return mistakes.add(place + "/kind", kind.error().message);
  const bool caller = std::ranges::any_of(suite.targets, [&](const TargetSpec& target) {
    return is_for(scenario, target) && sampling_of(suite, target) == Sampling::caller;
  });
  const ContextFormats sent = caller ? scenario.context : ContextFormats{};
  if (auto prepared = kind->prepare(scenario, {{"127.0.0.1", 80}, sent, false}); !prepared)
    mistakes.add_told(place, prepared.error().message);
  if (scenario.context != ScenarioSpec{}.context && kind->describe != nullptr &&
      kind->describe(scenario).context_bytes == 0)
    mistakes.add(place + "/context", "is not for this protocol, which has no place for a context");
}

}  // namespace

Result<Suite> read_checked_suite(const std::string& path_or_name, const SuiteOverrides& overrides,
                                 const ScenarioKinds& kinds, std::vector<std::string>* notes) {
  SuiteOverrides with_real = overrides;
  FrameworkChoice& frameworks = with_real.frameworks;
  frameworks.built = built_real_services();
  if (frameworks.as == Frameworks::real && frameworks.built->empty()) {
    return failure(ExitCode::usage,
                   fmt::format("--real: no real service is built in {}; scripts/build-real builds "
                               "them where Go is",
                               real_folder()));
  }
  std::vector<std::string> emulated;
  frameworks.stays_emulated = [&](const std::string& name) { emulated.push_back(name); };
  auto suite = read_suite(path_or_name, with_real, [&kinds](Suite& made, Mistakes& mistakes) {
    for (const ScenarioSpec& scenario : made.scenarios)
      check_scenario(scenario, made, kinds, mistakes);
    return describe_targets(made, describe_emulated, describe_real, mistakes);
  });
  if (!suite) return suite;
  std::erase_if(emulated, [&](const std::string& name) {
    return std::ranges::find(suite->targets, name, &TargetSpec::framework) == suite->targets.end();
  });
  if (notes != nullptr && !emulated.empty())
    notes->push_back(still_emulated(emulated, frameworks.built->empty()));
  return suite;
}

namespace {

/// Calls `look` with what every look needs, and a progress line.
template <typename Look>
auto look_with_progress(const ScenarioKinds& kinds, bool quiet, const Look& look)
    -> decltype(look(RunnerOptions{})) {
  const auto target = target_program();
  if (!target) return failure(target.error());
  ProgressLine progress(stderr, progress_style(quiet, STDERR_FILENO), locale_is_utf8());
  RunnerOptions runner;
  runner.tracetax_program = tracetax_program();
  runner.target_program = *target;
  runner.scenarios = kinds.entries();
  runner.progress = [&](const RunProgress& now) { progress.show(now); };
  runner.interrupted = &interrupt_count();
  auto found = look(runner);
  progress.clear();
  return found;
}

}  // namespace

Result<Examination> look_before(const Suite& suite, const ScenarioKinds& kinds, bool quiet,
                                LookAt what, Nanos longest) {
  return look_with_progress(kinds, quiet, [&](const RunnerOptions& runner) {
    return examine(suite, runner, what, longest);
  });
}

Result<std::vector<SpanReport>> look_at_spans(const Suite& suite, const ScenarioKinds& kinds,
                                              bool quiet, bool found_out) {
  return look_with_progress(kinds, quiet, [&](const RunnerOptions& runner) {
    return examine_spans(suite, runner, found_out);
  });
}

Result<std::vector<CheckLine>> check_before(Suite& suite, const ScenarioKinds& kinds, bool quiet) {
  const bool ours = std::ranges::all_of(
      suite.targets, [](const TargetSpec& target) { return target.kind == TargetKind::emulated; });
  // A closed loop finds what its target can do, and has no tracing to look at.
  if (ours || suite.load.closed) return std::vector<CheckLine>{};
  auto found = look_before(suite, kinds, quiet, LookAt::not_emulated);
  if (!found) return failure(found.error());
  if (refuses(found->lines)) {
    return failure(
        ExitCode::invalid,
        fmt::format("{}: a run would give no right number:\n{}--no-check measures all the "
                    "same",
                    suite.path,
                    write_checks(found->lines, CheckView::what_is_wrong, kErrorColumns, false)));
  }
  if (!quiet)
    fmt::print(stderr, "{}",
               write_checks(found->lines, CheckView::what_is_wrong, kErrorColumns, false));
  const bool compiles = std::ranges::any_of(
      found->looks, [](const ArmLook& look) { return compiles_while_it_runs(look.runtime); });
  // The launch is then what counts as one, and an interval takes six of them. A gate counts
  // launches anyway, and more blocks on each would only make it longer.
  const bool enough_launches = suite.design.blocks >= kFewestLaunches * suite.design.fresh_every;
  if (compiles && !suite.design.processes && !suite.gate && enough_launches &&
      can_keep_processes(suite))
    keep_processes(suite, 0);
  return std::move(found->lines);
}

Result<Measured> measure(MeasureRequest request, const ScenarioKinds& kinds,
                         const OutputFolder* folder) {
  const auto target = target_program();
  if (!target) return failure(target.error());

  Measured measured;
  RunResult& result = measured.result;
  result.run_id = make_uuid();
  result.started_at = utc_stamp_now();
  result.label = request.label.empty() ? ci_commit() : std::move(request.label);
  result.argv = std::move(request.argv);
  result.argv.insert(result.argv.begin(), "tracetax");
  result.checks = std::move(request.checks);
  for (std::string& word : result.argv) word = without_userinfo(word);
  result.warnings = std::move(request.warnings);
  result.tool = tool_facts();
  for (const ScenarioPlugin& plugin : kinds.plugins())
    result.tool.plugins[plugin.name] = {plugin.file, plugin.sha256};
  result.plan = make_plan(request.suite, request.suite.design.seed.value_or(fresh_seed()),
                          request.spare_blocks);
  result.suite = std::move(request.suite);
  result.gate = std::move(request.gate);

  ProgressLine progress(stderr, progress_style(request.quiet, STDERR_FILENO), locale_is_utf8());
  RunnerOptions runner;
  runner.tracetax_program = tracetax_program();
  runner.target_program = *target;
  runner.scenarios = kinds.entries();
  runner.versions = versions_of(result.suite);
  if (folder != nullptr) {
    runner.save = [&](const RunResult& so_far) { return folder->save_result(so_far); };
    runner.folder = folder->path();
  }
  runner.progress = [&](RunProgress now) {
    if (!request.title.empty())
      now.cell = now.cell.empty() ? request.title : request.title + " " + now.cell;
    progress.show(now);
  };
  runner.look = std::move(request.look);
  runner.interrupted = &interrupt_count();
  measured.executed = execute(result, runner);
  hide_passwords(result.subjects);
  progress.clear();
  return measured;
}

}  // namespace tracetax
