// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/run_command.h"

#include <algorithm>
#include <string>

#include "harness/analysis/comparison.h"
#include "harness/analysis/so_far.h"
#include "harness/cli/block_clock.h"
#include "harness/cli/format_options.h"
#include "harness/cli/measurement.h"
#include "harness/cli/output_folder.h"
#include "harness/cli/plan_text.h"
#include "harness/cli/suite_options.h"
#include "harness/cli/terminal.h"
#include "harness/core/lost_cause.h"
#include "harness/core/suite/check_off.h"
#include "harness/run/process/interrupt.h"
#include "harness/run/stamp.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

struct RunOptions : SuiteOptions {
  bool check_off = false;
  bool no_check = false;
  bool dry_run = false;
  std::optional<Nanos> longest;
  FormatChoices formats;
  ColorChoice color = ColorChoice::automatic;
};

}  // namespace

CommandLine declare_run() {
  return {
      .program = "tracetax run",
      .purpose = "Runs the suite SUITE (a file, or a name from tracetax list suites).",
      .usage = "SUITE",
      .positionals = {"suite"},
      .groups =
          {
              {"Measuring",
               {{"o,out", "folder for result.json and reports (default: tracetax-out/SUITE-TIME)",
                 one_value("DIR")},
                effort_option_spec("10, 20, 40 or 60 blocks (default: as the suite says)"),
                {"no-check", "run without the look at each service before"},
                label_option_spec(),
                {"max-time", "start no block that would end later", one_value("TIME")},
                {"dry-run", "print the plan and its time, measure nothing"},
                {"check-off",
                 "add an arm that traces and samples nothing, to see that off is off"}}},
              {"Measuring", suite_option_specs("design.blocks=20")},
              {"Output", format_option_specs(FormatOptionsOf::run)},
              {"Output",
               {color_option_spec(),
                {"q,quiet", "no progress, only the table"},
                {"h,help", "this text"}}},
          },
      .examples = {
          {"tracetax run quick", "what tracing costs an emulated service here, in a minute"},
          {"tracetax run my.json --set load.rate=2k/s -o before",
           "a suite of one's own at another rate; results in the folder before"}}};
}

namespace {

RunOptions read_run(OptionReader& reader) {
  RunOptions options;
  read_suite_name(reader, options.suite, "tracetax run quick");
  read_suite_options(reader, options);
  reader.read("effort", options.overrides.effort, parse_effort);
  options.check_off = reader.given("check-off");
  options.no_check = reader.given("no-check");
  options.dry_run = reader.given("dry-run");
  options.longest = read_longest(reader);
  options.formats = read_format_options(reader, FormatOptionsOf::run);
  reader.read("color", options.color, parse_color);
  return options;
}

ExitCode exit_code_of(const RunResult& result, const Analysis& analysis) {
  if (interrupt_count().load() > 0) return interrupt_exit_code();
  // A value that valid segments do not support, a p99 above all, is void without spoiling the run.
  const bool lost = std::any_of(analysis.comparisons.begin(), analysis.comparisons.end(),
                                [](const Comparison& c) {
                                  constexpr int kBlocksNeeded = 6;  // by a 95 % interval
                                  return c.word == Word::void_ && c.blocks_void > 0 &&
                                         c.blocks + c.blocks_lacking < kBlocksNeeded;
                                });
  return result.status == RunStatus::invalid || lost ? ExitCode::invalid : ExitCode::pass;
}

}  // namespace

Result<ExitCode> run_command(int argc, char** argv) { return run_checked(argc, argv, {}); }

Result<ExitCode> run_checked(int argc, char** argv, std::vector<CheckLine> checks) {
  const auto parsed = parse_options(declare_run(), argc, argv, read_run);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const RunOptions& options = **parsed;
  const auto kinds = ScenarioKinds::with_plugins(options.plugins);
  if (!kinds) return failure(kinds.error());
  MeasureRequest request;
  auto suite = read_checked_suite(options.suite, options.overrides, *kinds, &request.warnings);
  if (!suite) return failure(suite.error());
  for (const std::string& note : request.warnings) {
    if (!options.quiet) fmt::print(stderr, "tracetax: {}\n", note);
  }
  if (options.check_off) *suite = with_check_off(std::move(*suite));
  const int spare_blocks = spare_blocks_of(suite->design);
  if (options.dry_run) {
    fmt::print("{}", describe_run(*suite, spare_blocks));
    return ExitCode::pass;
  }
  const auto folder = OutputFolder::create(options.out, suite->name, utc_stamp_now());
  if (!folder) return failure(folder.error());
  if (checks.empty() && !options.no_check) {
    auto checked = check_before(*suite, *kinds, options.quiet);
    if (!checked) return failure(checked.error());
    checks = std::move(*checked);
  }
  request.checks = std::move(checks);
  request.suite = std::move(*suite);
  request.argv.assign(argv, argv + argc);
  request.label = options.label;
  request.quiet = options.quiet;
  request.spare_blocks = spare_blocks;
  request.look = [clock = BlockClock(options.longest)](const RunResult& so_far, int cell) mutable {
    return BlockAdvice{clock.why_stop(!so_far.segments.empty()), effect_so_far(so_far, cell)};
  };
  const auto measured = measure(std::move(request), *kinds, &*folder);
  if (!measured) return failure(measured.error());
  const RunResult& result = measured->result;
  // Whatever was measured is told, also when the run ended with an error.
  const Analysis analysis = analyse(result);
  if (measured->can_be_told()) {
    auto saved = folder->save_reports(result, analysis, options.formats);
    if (!saved) return failure(saved.error());
    ReportOptions view = report_options(options.color);
    view.written = std::move(*saved);
    fmt::print("{}", write_text(result, analysis, view));
  }
  if (!measured->executed) return failure(measured->executed.error());
  return exit_code_of(result, analysis);
}

}  // namespace tracetax
