// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/run_command.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/cli/format_options.h"
#include "harness/cli/measurement.h"
#include "harness/cli/option_reader.h"
#include "harness/cli/output_folder.h"
#include "harness/cli/suite_options.h"
#include "harness/cli/terminal.h"
#include "harness/run/process/interrupt.h"
#include "harness/run/stamp.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

struct RunOptions {
  std::string suite;
  std::string out;
  SuiteOverrides overrides;
  std::vector<std::string> plugins;
  FormatChoices formats;
  ColorChoice color = ColorChoice::automatic;
  bool quiet = false;
};

Result<std::optional<RunOptions>> parse_run_options(int argc, char** argv) {
  using Text = std::string;
  cxxopts::Options declared("tracetax run",
                            "Runs the suite SUITE (a file, or a name from tracetax list suites).");
  declared.positional_help("SUITE").custom_help("[OPTION...]");
  declared.parse_positional({"suite", "rest"});
  declared.add_options("Options")                                                              //
      ("o,out", "folder for result.json and report.md", cxxopts::value<Text>(), "DIR")         //
      ("effort", "quick, ci, full or paper: 10, 20, 40 or 60 blocks", cxxopts::value<Text>())  //
      ("only", "cells to run, 'target' or 'target/scenario', with *", cxxopts::value<Text>(),
       "GLOB")                                                                             //
      ("seed", "repeat the order and ids of an earlier run", cxxopts::value<Text>(), "N")  //
      ("set", "change the suite: design.blocks=20", cxxopts::value<std::vector<Text>>(),
       "KEY=VALUE")  //
      ("plugin", "a shared object with a scenario kind; may be repeated",
       cxxopts::value<std::vector<Text>>(), "FILE");
  declare_format_options(declared, FormatOptionsOf::run);
  declared.add_options("Options")                                                        //
      ("color", "auto, always or never", cxxopts::value<Text>()->default_value("auto"))  //
      ("q,quiet", "no progress, only the table")                                         //
      ("h,help", "this text");
  declared.add_options("hidden")("suite", "", cxxopts::value<Text>())(
      "rest", "", cxxopts::value<std::vector<Text>>());
  const auto parsed = parse_options(declared, argc, argv);
  if (!parsed) return failure(parsed.error());
  if (parsed->count("help") != 0) {
    fmt::print("{}", declared.help({"Options"}));
    return std::nullopt;
  }
  const auto text = [&](const char* name) { return (*parsed)[name].as<Text>(); };
  OptionMistakes mistakes;
  RunOptions options;
  if (parsed->count("suite") == 0) {
    mistakes.add("SUITE", "is missing; right is: tracetax run quick");
  } else {
    options.suite = text("suite");
  }
  if (parsed->count("rest") != 0) mistakes.add("SUITE", "one at a time");
  if (parsed->count("out") != 0) options.out = text("out");
  read_suite_options(*parsed, options.overrides, options.plugins, mistakes);
  if (parsed->count("effort") != 0) {
    options.overrides.effort =
        mistakes.take("--effort", parse_effort(text("effort")), Effort::quick);
  }
  options.formats = read_format_options(*parsed, FormatOptionsOf::run, mistakes);
  options.color = mistakes.take("--color", parse_color(text("color")));
  options.quiet = parsed->count("quiet") != 0;
  if (mistakes.any()) return failure(mistakes.error());
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

Result<ExitCode> run_command(int argc, char** argv) {
  const auto parsed = parse_run_options(argc, argv);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const RunOptions& options = **parsed;
  const auto kinds = ScenarioKinds::with_plugins(options.plugins);
  if (!kinds) return failure(kinds.error());
  auto suite = read_checked_suite(options.suite, options.overrides, *kinds);
  if (!suite) return failure(suite.error());
  const auto folder = OutputFolder::create(options.out, suite->name, utc_stamp_now());
  if (!folder) return failure(folder.error());
  MeasureRequest request;
  request.suite = std::move(*suite);
  request.argv.assign(argv, argv + argc);
  request.quiet = options.quiet;
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
