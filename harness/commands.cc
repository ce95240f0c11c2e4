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
            measure_command},
    Command{"init", "[-- COMMAND]", "write the suite that measures such a service", init_command},
    Command{"run", "SUITE", "measure a suite: arms with tracing off and on, and compare",
            run_command},
    Command{"doctor", "SUITE | -- COMMAND", "what keeps a service from being measured, in 20 s",
            doctor_command},
    Command{"gate", "SUITE", "measure and judge: pass, fail, inconclusive or invalid",
            gate_command},
    Command{"compare", "A.json B.json", "the overheads of two stored results against each other",
            compare_command},
    Command{"calibrate", "SUITE", "off against off: how small an effect a gate finds here",
            calibrate_command},
    Command{"load", "URL", "send load to one service: HTTP/1.1, HTTP/2 or gRPC", load_command},
    Command{"report", "RESULT.json", "render a stored result: text, md, json, csv, ...",
            report_command},
    Command{"selftest", "[SUITE]", "prove the gate on this machine: false alarms, detection",
            selftest_command},
    Command{"list", "[WHAT]", "targets, scenarios, samplers, formats, suites", list_command},
    Command{"sink", "", "receive spans over OTLP/HTTP and gRPC, and count them", sink_command},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : kCommands) {
    if (!command.hidden) names.emplace_back(command.name);
  }
  return names;
}

Result<ExitCode> print_help() {
  fmt::print(
      "tracetax: what does distributed tracing cost this service?\n\n"
      "usage: tracetax COMMAND [OPTION...]\n\n");
  for (const Command& command : kCommands) {
    if (command.hidden) continue;
    fmt::print("  {:<26}{}\n", fmt::format("{} {}", command.name, command.usage), command.help);
  }
  fmt::print(
      "\nEach command has its own --help. Data goes to stdout, talk to stderr.\n"
      "Exit codes: 0 pass, 1 fail, 2 usage, 3 inconclusive, 4 invalid measurement,\n"
      "5 unusable result file, 70 internal error, 130/143 interrupted (what was\n"
      "measured is saved).\n");
  return ExitCode::pass;
}

Result<ExitCode> print_version() {
  fmt::print("tracetax {}\n", TRACETAX_VERSION);
  return ExitCode::pass;
}

}  // namespace tracetax
