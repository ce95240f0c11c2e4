// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/gate_command.h"

#include <unistd.h>

#include <cstdlib>

#include "harness/analysis/comparison.h"
#include "harness/cli/gate/gate_calibration.h"
#include "harness/cli/gate/gate_options.h"
#include "harness/cli/gate/gate_run.h"
#include "harness/cli/gate/gate_views.h"
#include "harness/cli/measurement.h"
#include "harness/core/suite/check_off.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"
#include "harness/run/process/interrupt.h"
#include "harness/run/stamp.h"
#include "reports/record/result_json.h"
#include "reports/words/report.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

ExitCode exit_code_of(const RunResult& result, const Judgement& judgement) {
  if (interrupt_count().load() > 0) return interrupt_exit_code();
  return exit_code_of(judgement.verdict, result.gate->inconclusive);
}

/// The stored gate as it is, unless the command line says otherwise: so that the same verdict comes
/// out.
Result<GateSpec> stored_gate(const RunResult& result, const GateOptions& options) {
  const GateOverrides& asked = options.gate;
  const bool changes = asked.required || !asked.arms.empty() || asked.effort || asked.stop;
  GateSpec gate;
  if (result.gate && !changes) {
    gate = *result.gate;
  } else {
    Suite suite = result.suite;
    if (result.gate) suite.gate = result.gate;
    auto fresh = gate_of(suite, asked);
    if (!fresh) return fresh;
    gate = std::move(*fresh);
  }
  gate.inconclusive = asked.inconclusive.value_or(gate.inconclusive);
  return gate;
}

Result<ExitCode> judge_again(const GateOptions& options) {
  const auto content = read_file(options.from, kLargestResult);
  if (!content) return failure(content.error());
  auto result = read_result_json(*content, options.from);
  if (!result) return failure(result.error());
  auto gate = stored_gate(*result, options);
  if (!gate) return failure(gate.error().within(options.from));
  result->gate = std::move(*gate);
  const Analysis analysis = analyse(*result);
  if (!options.out.empty()) {
    const auto folder = OutputFolder::create(options.out, result->suite.name, utc_stamp_now());
    if (!folder) return failure(folder.error());
    if (auto saved = folder->save_reports(*result, analysis); !saved) return failure(saved.error());
  }
  fmt::print("{}", options.quiet ? "verdict: " + verdict_line(*analysis.judgement) + "\n"
                                 : write_text(*result, analysis, report_options(options.color)));
  if (options.github) {
    if (auto told = tell_github(*result, analysis); !told) return failure(told.error());
  }
  return exit_code_of(analysis.judgement->verdict, result->gate->inconclusive);
}

/// Measures what is planned. `beyond`: the metrics that are judged all the same.
Result<ExitCode> carry_out(const GateOptions& options, Suite suite, GateSpec gate,
                           const std::vector<std::string>& beyond, const ScenarioKinds& kinds,
                           std::vector<CheckLine> checks, std::vector<std::string> notes, int argc,
                           char** argv) {
  const auto folder = OutputFolder::create(options.out, suite.name, utc_stamp_now());
  if (!folder) return failure(folder.error());
  if (checks.empty() && !options.no_check) {
    auto checked = check_before(suite, kinds, options.quiet);
    if (!checked) return failure(checked.error());
    checks = std::move(*checked);
  }
  MeasureRequest request;
  request.checks = std::move(checks);
  request.suite = std::move(suite);
  request.gate = std::move(gate);
  request.argv.assign(argv, argv + argc);
  request.warnings = std::move(notes);
  for (const std::string& line : beyond) request.warnings.push_back("judged with --force: " + line);
  request.label = options.label;
  request.quiet = options.quiet;
  request.look = look_for_verdict(options.longest);
  const auto measured = measure(std::move(request), kinds, &*folder);
  if (!measured) return failure(measured.error());
  const RunResult& result = measured->result;
  const Analysis analysis = analyse(result);
  if (measured->can_be_told()) {
    auto saved = folder->save_reports(result, analysis);
    if (!saved) return failure(saved.error());
    ReportOptions view = report_options(options.color);
    view.written = std::move(*saved);
    fmt::print("{}", options.quiet ? "verdict: " + verdict_line(*analysis.judgement) + "\n"
                                   : write_text(result, analysis, view));
    if (options.github) {
      if (auto told = tell_github(result, analysis); !told) return failure(told.error());
    }
  }
  if (!measured->executed) return failure(measured->executed.error());
  return exit_code_of(result, *analysis.judgement);
}

Result<ExitCode> measure_and_judge(const GateOptions& options, std::vector<CheckLine> checks,
                                   int argc, char** argv) {
  const auto kinds = ScenarioKinds::with_plugins(options.plugins);
  if (!kinds) return failure(kinds.error());
  std::vector<std::string> notes;
  auto suite = read_checked_suite(options.suite, options.overrides, *kinds, &notes);
  if (!suite) return failure(suite.error());
  auto gate = gate_of(*suite, options.gate);
  if (!gate) return failure(gate.error().within(options.suite));
  const auto calibration = look_up_calibration(options.calibration, *suite);
  if (!calibration) return failure(calibration.error());
  const Resolution resolution = check_resolution(*calibration, *suite, *gate);
  const bool refused = !resolution.beyond.empty() && !gate->forced;
  gate->forced = gate->forced && !resolution.beyond.empty();
  auto judged = suite_to_judge(std::move(*suite), *gate, options.revisions);
  if (!judged) return failure(judged.error());
  if (options.check_off) *judged = with_check_off(std::move(*judged));
  if (options.dry_run) {
    fmt::print("{}{}", describe_plan(*judged, *gate), resolution.detectable);
    if (!refused) return ExitCode::pass;
  }
  if (refused)
    return failure(ExitCode::usage, fmt::format("{}", fmt::join(resolution.beyond, "\n")));
  if (calibration->is_known && !calibration->found && !options.quiet) {
    fmt::print(stderr, "tracetax: {}; what this gate can find is not known\n",
               calibration->why_not);
  }
  return carry_out(options, std::move(*judged), std::move(*gate), resolution.beyond, *kinds,
                   std::move(checks), std::move(notes), argc, argv);
}

}  // namespace

Result<ExitCode> gate_command(int argc, char** argv) { return gate_checked(argc, argv, {}); }

Result<ExitCode> gate_checked(int argc, char** argv, std::vector<CheckLine> checks) {
  const auto parsed = parse_gate_options(argc, argv);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const GateOptions& options = **parsed;
  return options.from.empty() ? measure_and_judge(options, std::move(checks), argc, argv)
                              : judge_again(options);
}

}  // namespace tracetax
