// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/gate_options.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/quote.h"

namespace tracetax {

namespace fs = std::filesystem;

OptionSpec stop_option_spec() {
  return {"stop", "looks (planned) or anytime (after any block) (default: looks)",
          one_of("RULE", {"looks", "anytime"})};
}

CommandLine declare_gate() {
  return {
      .program = "tracetax gate",
      .purpose =
          "Measures the suite SUITE and judges it: pass (0), fail (1), inconclusive (3) or "
          "invalid (4).",
      .usage = "SUITE",
      .positionals = {"suite"},
      .groups =
          {
              {"Verdict",
               {{"budget", "what required metrics may cost: cpu=5%|5us,p99=15%",
                 many_values("BUDGETS")},
                {"arm", "the arm to judge; may be repeated", many_values("NAME")},
                {"base", "judge against this base too: its program, folder or command",
                 one_value("PATH")},
                {"head", "what is judged, in place of what the suite starts", one_value("PATH")},
                effort_option_spec(
                    "10, 20, 40 or 60 pairs at most (default: as the suite says, or full)"),
                stop_option_spec(),
                {"inconclusive", "fail, warn or pass: exit code 1, 3 or 0 (default: warn)",
                 one_of("POLICY", {"fail", "warn", "pass"})},
                {"from", "judge a stored result again, measure nothing", one_value("RESULT.json")},
                {"force", "judge metrics that this machine cannot resolve"},
                {"calibration", "what calibrate saved", one_value("FILE", kCalibrationFile)}}},
              {"Measuring",
               {{"dry-run", "print the plan, its time and the effect it can detect"},
                {"max-time", "start no block that would end later", one_value("TIME")},
                {"no-check", "measure without the look at each service before"},
                {"check-off", "add an arm that samples nothing, to see that off is off"}}},
              {"Measuring", suite_option_specs("load.rate=2k/s")},
              {"Output",
               {{"o,out",
                 "folder for result.json, report.md and verdict.md (default: "
                 "tracetax-out/SUITE-TIME)",
                 one_value("DIR")},
                label_option_spec(),
                {"github", "job summary and outputs of GitHub Actions (default there)"},
                color_option_spec(),
                {"q,quiet", "no progress, only the verdict"},
                {"h,help", "this text"}}},
          },
      .examples = {
          {"tracetax gate quick --budget cpu=5%", "fails if tracing costs more than 5 % CPU"},
          {"tracetax gate my.json --base ./server-of-main --effort ci",
           "fails if it also costs more than it did with the other program"},
      }};
}

namespace {

Result<Revision> read_revision(const std::string& given) {
  std::error_code code;
  if (given.empty())
    return failure(ExitCode::usage, "is empty; give a program, a folder or a command");
  if (given.find(' ') != std::string::npos && !fs::exists(given, code))
    return Revision{given, false};
  const fs::path path = fs::absolute(given, code);
  if (!fs::exists(path, code)) {
    return failure(
        ExitCode::usage,
        fmt::format("{} is not there; give a program, a folder or a command", quote(given)));
  }
  const bool folder = fs::is_directory(path, code);
  if (!folder && access(path.c_str(), X_OK) != 0) {
    return failure(
        ExitCode::usage,
        fmt::format("{} cannot be executed; give a program, a folder or a command", quote(given)));
  }
  return Revision{path.string(), folder};
}

void read_overrides(OptionReader& reader, GateOptions& options) {
  GateOverrides& gate = options.gate;
  reader.read_list("budget", gate.required, parse_budgets);
  gate.arms = reader.texts("arm");
  reader.read("effort", gate.effort, parse_effort);
  reader.read("stop", gate.stop, parse_stop_rule);
  reader.read("inconclusive", gate.inconclusive, parse_inconclusive);
  gate.forced = reader.given("force");
  reader.read("base", options.revisions.base, read_revision);
  reader.read("head", options.revisions.head, read_revision);
  options.longest = read_longest(reader);
}

GateOptions read_gate(OptionReader& reader) {
  GateOptions options;
  if (reader.given("from")) {
    options.from = reader.text("from");
    refuse_options(reader,
                   {"suite", "base", "head", "max-time", "check-off", "dry-run", "calibration",
                    "force", "only", "seed", "set", "plugin"},
                   "does not go with --from, which measures nothing");
  }
  read_suite_name(reader, options.suite,
                  reader.given("from") ? "" : "tracetax gate quick --budget cpu=5%");
  read_suite_options(reader, options);
  read_overrides(reader, options);
  options.calibration = reader.text("calibration");
  if (reader.given("calibration") && access(options.calibration.c_str(), R_OK) != 0) {
    reader.mistake("--calibration", fmt::format("{} cannot be read; tracetax calibrate makes one",
                                                quote(options.calibration)));
  }
  options.check_off = reader.given("check-off");
  options.no_check = reader.given("no-check");
  options.dry_run = reader.given("dry-run");
  const char* in_actions = std::getenv("GITHUB_ACTIONS");  // "true" in every step
  options.github =
      reader.given("github") || (in_actions != nullptr && std::string_view{in_actions} == "true");
  reader.read("color", options.color, parse_color);
  return options;
}

}  // namespace

Result<std::optional<GateOptions>> parse_gate_options(int argc, char** argv) {
  return parse_options(declare_gate(), argc, argv, read_gate);
}

}  // namespace tracetax
