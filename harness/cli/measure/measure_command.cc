// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/measure_command.h"

#include "harness/cli/gate/gate_command.h"
#include "harness/cli/measure/service_options.h"
#include "harness/cli/measure/service_suite.h"
#include "harness/cli/measure/suite_file.h"
#include "harness/cli/measurement.h"
#include "harness/cli/output_folder.h"
#include "harness/cli/run_command.h"
#include "harness/cli/suite_options.h"
#include "harness/cli/terminal.h"
#include "harness/core/text/text_file.h"
#include "harness/run/doctor/checks.h"
#include "harness/run/stamp.h"
#include "reports/words/check_words.h"

namespace tracetax {
namespace {

// Longer than other looks: without what it finds there is no suite. A JVM with an agent starts
// twice.
constexpr Nanos kLongestLook{std::chrono::seconds{60}};
constexpr const char* kRight = "tracetax measure --get /hello/ada -- ./server --port {port}";

struct MeasureOptions : SuiteOptions {
  ServiceOptions service;
  std::vector<std::string> budgets;
  std::string base;
  std::string save;  // file for the suite; empty: only in the run's folder
  std::string effort, longest, color;
  bool no_check = false;
};

}  // namespace

CommandLine declare_measure() {
  return {
      .program = "tracetax measure",
      .purpose =
          "Measures what tracing costs the service that COMMAND starts. {port} in COMMAND is where "
          "it must listen; without that it is told by the variable PORT.",
      .usage = "-- COMMAND",
      .groups =
          {{"Service", service_option_specs()},
           {"Options",
            {{"budget", "judge it as `gate` does: cpu=5%; exit code 1 if it costs more",
              many_values("BUDGETS")},
             {"base", "with --budget: an older checkout that it must not be worse than",
              one_value("FOLDER")},
             effort_option_spec(
                 "10, 20, 40 or 60 blocks (default: quick, and more where warming up takes long)"),
             {"max-time", "start no block that would end later", one_value("TIME")},
             {"save", "write the suite that does the same", one_value("FILE")},
             {"no-check", "measure though the look at the service refuses it"},
             {"o,out",
              "folder for result.json, report.html, report.md and suite.json (default: "
              "tracetax-out/NAME-TIME)",
              one_value("DIR")},
             label_option_spec(),
             {"seed", "repeat the order and ids of an earlier run", one_value("N")},
             {"set", "change the suite: design.blocks=20", many_values("KEY=VALUE")},
             color_option_spec(),
             {"q,quiet", "no progress, only the table"},
             {"h,help", "this text"}}}},
      .examples = {{"tracetax measure --get /hello/ada -- ./server --port {port}",
                    "what its tracing costs it, at the rate that every arm can bear"},
                   {"tracetax measure --budget cpu=5% -- node app.js",
                    "ends with 1 if it costs more; the port is in the variable PORT"}},
  };
}

namespace {

MeasureOptions read_measure(OptionReader& reader) {
  MeasureOptions options;
  read_suite_options(reader, options);
  read_service_options(reader, options.service);
  options.budgets = reader.texts("budget");
  options.base = reader.text("base");
  if (reader.given("base") && options.budgets.empty())
    reader.mistake("--base", "goes with --budget; without a budget nothing is judged");
  options.save = reader.text("save");
  reader.read("effort", options.overrides.effort, parse_effort);
  options.effort = reader.text("effort");
  options.longest = reader.text("max-time");
  options.color = reader.text("color");
  options.no_check = reader.given("no-check");
  if (reader.given("rest"))
    reader.mistake("the command", fmt::format("stands behind --; right is: {}", kRight));
  return options;
}

/// The command line of `run` or `gate` that measures the suite at `path`.
std::vector<std::string> command_line(const MeasureOptions& options, const std::string& path,
                                      const std::string& folder) {
  std::vector<std::string> line{options.budgets.empty() ? "run" : "gate", path, "--out", folder};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) line.insert(line.end(), {name, value});
  };
  for (const std::string& budget : options.budgets) add("--budget", budget);
  for (const std::string& set : options.overrides.set) add("--set", set);
  add("--base", options.base);
  if (options.overrides.seed) add("--seed", std::to_string(*options.overrides.seed));
  add("--effort", options.effort);
  add("--max-time", options.longest);
  add("--label", options.label);
  add("--color", options.color);
  if (options.no_check) line.emplace_back("--no-check");
  if (options.quiet) line.emplace_back("--quiet");
  return line;
}

Result<ExitCode> carry_out_line(std::vector<std::string> line, std::vector<CheckLine> checks) {
  std::vector<char*> argv;
  for (std::string& word : line) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int argc = static_cast<int>(line.size());
  return line.front() == "gate" ? gate_checked(argc, argv.data(), std::move(checks))
                                : run_checked(argc, argv.data(), std::move(checks));
}

/// What the look says of the suite as it is now.
std::string tell_checks(const std::vector<CheckLine>& lines, const MeasureOptions& options) {
  return options.quiet ? ""
                       : write_checks(lines, CheckView::what_is_wrong, terminal_width(), false);
}

Status save_for_user(const JsonSource::Json& suite, const MeasureOptions& options) {
  if (options.save.empty()) return {};
  JsonSource::Json shown = suite;
  if (options.save.find('/') == std::string::npos)
    shown["targets"].front().erase("working_dir");  // the file's folder, which is this one
  return write_file(options.save, suite_text(shown));
}

}  // namespace

Result<ExitCode> measure_command(int argc, char** argv) {
  CutCommandLine cut = cut_at_dashes(argc, argv);
  const auto parsed = parse_options(declare_measure(), static_cast<int>(cut.before.size()),
                                    cut.before.data(), read_measure);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  MeasureOptions options = **parsed;
  options.service.command = std::move(cut.command);
  if (!options.service.names_service())
    return failure(ExitCode::usage, fmt::format("no command; right is: {}", kRight));
  const auto kinds = ScenarioKinds::with_plugins({});
  if (!kinds) return failure(kinds.error());

  JsonSource::Json made = service_suite(options.service, working_folder());
  // Made sure of, and let go again: the run takes it.
  const auto folder =
      OutputFolder::create(options.out, service_name(options.service), utc_stamp_now())
          .map([](const OutputFolder& here) { return here.path(); });
  if (!folder) return failure(folder.error());
  const std::string path = *folder + "/suite.json";
  if (Status written = write_file(path, suite_text(made)); !written)
    return failure(written.error());
  auto suite = read_checked_suite(path, options.overrides, *kinds);
  if (!suite) return failure(suite.error());

  std::vector<CheckLine> checks;
  if (!options.no_check) {
    const auto found = look_before(*suite, *kinds, options.quiet, LookAt::all, kLongestLook);
    if (!found) return failure(found.error());
    adopt(made, options.service, found->looks);
    if (Status written = write_file(path, suite_text(made)); !written)
      return failure(written.error());
    suite = read_checked_suite(path, options.overrides, *kinds);
    if (!suite) return failure(suite.error());
    checks = check_lines(*suite, found->looks);
    fmt::print(stderr, "{}", tell_checks(checks, options));
    if (refuses(checks))
      return failure(ExitCode::invalid,
                     fmt::format("a run would give no right number, so nothing was measured; the "
                                 "suite so far: {}",
                                 path));
  }
  if (Status saved = save_for_user(made, options); !saved) return failure(saved.error());
  auto code = carry_out_line(command_line(options, path, *folder), std::move(checks));
  if (code && !options.quiet)
    fmt::print("\nThe same again: tracetax run {}\n", options.save.empty() ? path : options.save);
  return code;
}

}  // namespace tracetax
