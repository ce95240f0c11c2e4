// SPDX-License-Identifier: Apache-2.0
#include "harness/commands.h"

#include <array>

#include "harness/cli/gate/calibrate_command.h"
#include "harness/cli/gate/compare_command.h"
#include "harness/cli/gate/gate_command.h"
#include "harness/cli/gate/selftest_command.h"
#include "harness/cli/list_command.h"
#include "harness/cli/load/load_command.h"
#include "harness/cli/measure/doctor_command.h"
#include "harness/cli/measure/init_command.h"
#include "harness/cli/measure/measure_command.h"
#include "harness/cli/report_command.h"
#include "harness/cli/run_command.h"
#include "harness/cli/sink_command.h"

namespace tracetax {
namespace {

constexpr std::array kCommands{
    Command{"measure", "-- COMMAND", "what tracing costs the service that COMMAND starts",
            measure_command, "One service"},
    Command{"doctor", "SUITE | -- COMMAND", "what keeps a service from being measured, in 20 s",
            doctor_command},
    Command{"init", "[-- COMMAND]", "write the suite that measures such a service", init_command},
    Command{"load", "URL", "send load to one service: HTTP/1.1, HTTP/2 or gRPC", load_command},
    Command{"run", "SUITE", "measure a suite: tracing off and on, and compare", run_command,
            "Suites and their results"},
    Command{"report", "RESULT.json", "render a stored result: text, md, json, csv, ...",
            report_command},
    Command{"compare", "A.json B.json", "the overheads of two results against each other",
            compare_command},
    Command{"gate", "SUITE", "measure and judge: pass, fail, inconclusive, invalid", gate_command,
            "Gates"},
    Command{"calibrate", "SUITE", "off against off: how small an effect is found here",
            calibrate_command},
    Command{"selftest", "[SUITE]", "prove the gate here: false alarms, detection",
            selftest_command},
    Command{"list", "[WHAT]", "targets, scenarios, samplers, formats, suites", list_command, "And"},
    Command{"sink", "", "receive and count spans over OTLP/HTTP and gRPC", sink_command},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  return names;
}

Result<ExitCode> print_help() {
  fmt::print(
      "tracetax: what does distributed tracing cost this service?\n"
      "Usage: tracetax COMMAND [OPTION...]; each COMMAND has its own --help\n");
  for (const Command& command : kCommands) {
    if (!command.opens.empty()) fmt::print("{}:\n", command.opens);
    fmt::print("  {:<26}{}\n", fmt::format("{} {}", command.name, command.usage), command.help);
  }
  fmt::print(
      "\nData goes to stdout, talk to stderr. Exit codes: 0 pass, 1 fail, 2 usage,\n"
      "3 inconclusive, 4 invalid measurement, 5 unusable result file, 70 internal\n"
      "error, 130/143 interrupted (what was measured is saved).\n");
  return ExitCode::pass;
}

Result<ExitCode> print_version() {
  fmt::print("tracetax {}\n", TRACETAX_VERSION);
  return ExitCode::pass;
}

}  // namespace tracetax
