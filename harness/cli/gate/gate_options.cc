// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/gate_options.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "harness/cli/option_reader.h"
#include "harness/cli/suite_options.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

namespace fs = std::filesystem;
using Text = std::string;
using Texts = std::vector<std::string>;

cxxopts::Options declare() {
  cxxopts::Options declared("tracetax gate",
                            "Measures the suite SUITE and judges it: pass (0), fail (1), "
                            "inconclusive (3) or invalid (4).");
  declared.positional_help("SUITE").custom_help("[OPTION...]");
  declared.parse_positional({"suite", "rest"});
  declared.add_options("Options")  //
      ("budget", "required metrics and what each may cost: cpu=5%|5us,p99=15%",
       cxxopts::value<Text>(), "BUDGETS")                                            //
      ("arm", "the arm to judge; may be repeated", cxxopts::value<Texts>(), "NAME")  //
      ("base", "also judge against the base revision: its program, folder or command",
       cxxopts::value<Text>(), "PATH")  //
      ("effort", "quick, ci, full or paper: at most 10, 20, 40 or 60 pairs",
       cxxopts::value<Text>())                                                             //
      ("stop", "looks (planned) or anytime (after any block)", cxxopts::value<Text>())     //
      ("max-time", "start no block that would end later", cxxopts::value<Text>(), "TIME")  //
      ("inconclusive", "fail, warn or pass: exit code 1, 3 or 0", cxxopts::value<Text>())  //
      ("from", "judge a stored result again, measure nothing", cxxopts::value<Text>(),
       "RESULT.json")                                                       //
      ("dry-run", "print the plan, its time and the effect it can detect")  //
      ("calibration", "what calibrate saved",
       cxxopts::value<Text>()->default_value(kCalibrationFile), "FILE")                         //
      ("force", "judge metrics that this machine cannot resolve")                               //
      ("github", "write the job summary and outputs of GitHub Actions (default in its steps)")  //
      ("o,out", "folder for result.json, report.md and verdict.md", cxxopts::value<Text>(),
       "DIR")  //
      ("only", "cells to run, 'target' or 'target/scenario', with *", cxxopts::value<Text>(),
       "GLOB")                                                                             //
      ("seed", "repeat the order and ids of an earlier run", cxxopts::value<Text>(), "N")  //
      ("set", "change the suite: load.rate=2k/s", cxxopts::value<Texts>(), "KEY=VALUE")    //
      ("plugin", "a shared object with a scenario kind; may be repeated", cxxopts::value<Texts>(),
       "FILE")                                                                           //
      ("color", "auto, always or never", cxxopts::value<Text>()->default_value("auto"))  //
      ("q,quiet", "no progress, only the verdict")                                       //
      ("h,help", "this text");
  declared.add_options("hidden")("suite", "", cxxopts::value<Text>())("rest", "",
                                                                      cxxopts::value<Texts>());
  return declared;
}

Result<BaseRevision> read_base(const std::string& given) {
  std::error_code code;
  if (given.empty())
    return failure(ExitCode::usage, "is empty; give a program, a folder or a command");
  if (given.find(' ') != std::string::npos && !fs::exists(given, code))
    return BaseRevision{given, false};
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
  return BaseRevision{path.string(), folder};
}

void read_gate_options(const cxxopts::ParseResult& parsed, GateOptions& options,
                       OptionMistakes& mistakes) {
  const auto text = [&](const char* name) { return parsed[name].as<Text>(); };
  GateOverrides& gate = options.gate;
  if (parsed.count("budget") != 0)
    gate.required = mistakes.take("--budget", parse_budgets(text("budget")));
  if (parsed.count("arm") != 0) gate.arms = parsed["arm"].as<Texts>();
  if (parsed.count("effort") != 0)
    gate.effort = mistakes.take("--effort", parse_effort(text("effort")));
  if (parsed.count("stop") != 0) gate.stop = mistakes.take("--stop", parse_stop_rule(text("stop")));
  if (parsed.count("inconclusive") != 0) {
    gate.inconclusive = mistakes.take("--inconclusive", parse_inconclusive(text("inconclusive")));
  }
  gate.forced = parsed.count("force") != 0;
  if (parsed.count("base") != 0) options.base = mistakes.take("--base", read_base(text("base")));
  if (parsed.count("max-time") != 0) {
    options.longest = mistakes.take("--max-time", parse_duration(text("max-time")), Nanos{1});
    if (*options.longest <= Nanos{0})
      mistakes.add("--max-time", "is no time to measure in; right is 5m");
  }
}

/// What a stored result cannot take any more.
void refuse_with_from(const cxxopts::ParseResult& parsed, OptionMistakes& mistakes) {
  for (const char* name : {"suite", "base", "max-time", "dry-run", "calibration", "force", "only",
                           "seed", "set", "plugin"}) {
    if (parsed.count(name) == 0) continue;
    const bool is_suite = std::string_view{name} == "suite";
    mistakes.add(is_suite ? "SUITE" : fmt::format("--{}", name),
                 "does not go with --from, which measures nothing");
  }
}

}  // namespace

Result<std::optional<GateOptions>> parse_gate_options(int argc, char** argv) {
  cxxopts::Options declared = declare();
  const auto parsed = parse_options(declared, argc, argv);
  if (!parsed) return failure(parsed.error());
  if (parsed->count("help") != 0) {
    fmt::print("{}", declared.help({"Options"}));
    return std::nullopt;
  }
  const auto text = [&](const char* name) { return (*parsed)[name].as<Text>(); };
  OptionMistakes mistakes;
  GateOptions options;
  if (parsed->count("suite") != 0) options.suite = text("suite");
  if (parsed->count("from") != 0) {
    options.from = text("from");
    refuse_with_from(*parsed, mistakes);
  } else if (options.suite.empty()) {
    mistakes.add("SUITE", "is missing; right is: tracetax gate quick --budget cpu=5%");
  }
  if (parsed->count("rest") != 0) mistakes.add("SUITE", "one at a time");
  if (parsed->count("out") != 0) options.out = text("out");
  read_suite_options(*parsed, options.overrides, options.plugins, mistakes);
  read_gate_options(*parsed, options, mistakes);
  options.calibration = text("calibration");
  if (parsed->count("calibration") != 0 && access(options.calibration.c_str(), R_OK) != 0) {
    mistakes.add("--calibration", fmt::format("{} cannot be read; tracetax calibrate makes one",
                                              quote(options.calibration)));
  }
  options.dry_run = parsed->count("dry-run") != 0;
  const char* in_actions = std::getenv("GITHUB_ACTIONS");  // "true" in every step
  options.github = parsed->count("github") != 0 ||
                   (in_actions != nullptr && std::string_view{in_actions} == "true");
  options.color = mistakes.take("--color", parse_color(text("color")));
  options.quiet = parsed->count("quiet") != 0;
  if (mistakes.any()) return failure(mistakes.error());
  return options;
}

}  // namespace tracetax
