// SPDX-License-Identifier: Apache-2.0
#include "harness/program_facts.h"

#include <array>

namespace tracetax {
namespace {

constexpr std::array kExitCodes{
    ManualEntry{"0", "Done; of a gate or a comparison: pass."},
    ManualEntry{"1", "Fail: a gate's budget is exceeded, or an arm is worse."},
    ManualEntry{"2", "Usage: an option, a suite or a file is not right, or cannot be written."},
    ManualEntry{"3", "Inconclusive: more blocks are needed to tell."},
    ManualEntry{"4", "Invalid: measured, but not so that a number may be given."},
    ManualEntry{"5", "A stored result cannot be used, or two may not be compared."},
    ManualEntry{"70", "Internal error."},
    ManualEntry{"130, 143", "Interrupted by SIGINT or SIGTERM; what was measured is saved."},
    ManualEntry{"141", "Whoever read standard output closed it, as head does."},
};

constexpr std::array kEnvironment{
    ManualEntry{"TRACETAX_SUITES", "Folder in which suites that are given by name are looked for."},
    ManualEntry{"TRACETAX_SERVICES", "The same of services that suites use by name."},
    ManualEntry{"TRACETAX_SYSTEMS", "The same of topologies that targets name."},
    ManualEntry{"TRACETAX_TARGET", "The program tracetax-target, where it is not beside tracetax."},
    ManualEntry{"TRACETAX_REAL", "Folder of the real frameworks that scripts/build-real built."},
    ManualEntry{"NO_COLOR", "Set and not empty: no colours, unless --color says otherwise."},
    ManualEntry{"COLUMNS", "Width of tables where standard output is no terminal."},
    ManualEntry{"TMPDIR", "Where folders of running targets are made."},
    ManualEntry{"GITHUB_ACTIONS, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY",
                "Set by GitHub Actions: gate writes outputs and the job summary."},
    ManualEntry{
        "OTEL_*",
        "Not for tracetax. Targets inherit them, each arm sets its own, and the record tells "
        "those of the caller."},
};

constexpr std::array kFiles{
    ManualEntry{
        "tracetax-out/SUITE-TIME/",
        "Folder of a run, unless --out names one: result.json, report.md, and verdict.md or "
        "frameworks.md where they apply."},
    ManualEntry{"result.json", "The record of a run; every report is made from it."},
    ManualEntry{"tracetax.json", "The suite that init writes."},
    ManualEntry{"tracetax-calibration.json", "What calibrate saved and gate reads."},
    ManualEntry{"tracetax-selftest.jsonl", "The log that selftest adds to."},
    ManualEntry{"PREFIX/share/tracetax/",
                "Suites and services that have a name, and the schema of "
                "result.json."},
};

}  // namespace

CommandLine program_line() {
  return {
      .program = "tracetax",
      .purpose =
          "Runs a service with tracing off and on, under the same load, in blocks of random order, "
          "and says what tracing costs: the paired difference with its interval, and a receipt "
          "that "
          "tells whether every span arrived. Data goes to standard output, talk to standard error.",
      .usage = "COMMAND [OPTION...]",
      .groups = {},
      .examples = {
          {"tracetax measure --get /hello/ada -- ./server --port {port}",
           "what tracing costs this service"},
          {"tracetax gate my.json --budget cpu=5%", "fail if it costs more than 5 % CPU"}}};
}

ManualSection exit_status_section() { return {"exit status", kExitCodes}; }

std::vector<ManualSection> program_sections() {
  return {exit_status_section(), {"environment", kEnvironment}, {"files", kFiles}};
}

}  // namespace tracetax
