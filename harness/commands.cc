// SPDX-License-Identifier: Apache-2.0
#include "harness/commands.h"

#include <array>

#include "harness/cli/delay_command.h"
#include "harness/cli/gate/calibrate_command.h"
#include "harness/cli/gate/compare_command.h"
#include "harness/cli/gate/gate_command.h"
#include "harness/cli/gate/gate_options.h"
#include "harness/cli/gate/selftest_command.h"
#include "harness/cli/gate/selftest_options.h"
#include "harness/cli/hist/hist_command.h"
#include "harness/cli/list_command.h"
#include "harness/cli/load/load_command.h"
#include "harness/cli/load/load_options.h"
#include "harness/cli/measure/doctor_command.h"
#include "harness/cli/measure/init_command.h"
#include "harness/cli/measure/measure_command.h"
#include "harness/cli/report_command.h"
#include "harness/cli/run_command.h"
#include "harness/cli/sink_command.h"
#include "harness/cli/tail_command.h"
#include "harness/cli/trend_command.h"
#include "harness/pages.h"

namespace tracetax {
namespace {

constexpr std::array kCommands{
    Command{"measure", "-- COMMAND", "what tracing costs the service that COMMAND starts",
            measure_command, declare_measure, "One service"},
    Command{"doctor", "SUITE | -- COMMAND", "what keeps a service from being measured, in 20 s",
            doctor_command, declare_doctor},
    Command{"init", "[-- COMMAND]", "write the suite that measures such a service", init_command,
            declare_init},
    Command{"load", "URL", "send load to one service: HTTP/1.1, HTTP/2 or gRPC", load_command,
            declare_load},
    Command{"run", "SUITE", "measure a suite: tracing off and on, and compare", run_command,
            declare_run, "Suites and their results"},
    Command{"report", "RESULT.json", "render a stored result: text, md, json, csv, ...",
            report_command, declare_report},
    Command{"compare", "A.json B.json", "the overheads of two results against each other",
            compare_command, declare_compare},
    Command{"trend", "DIR...", "many results over time, and the shifts in them", trend_command,
            declare_trend},
    Command{"hist", "LOG...", "percentiles of HdrHistogram logs of any tool", hist_command,
            declare_hist},
    Command{"gate", "SUITE", "measure and judge: pass, fail, inconclusive, invalid", gate_command,
            declare_gate, "Gates"},
    Command{"calibrate", "SUITE", "off against off: how small an effect is found here",
            calibrate_command, declare_calibrate},
    Command{"selftest", "[SUITE]", "prove the gate here: false alarms, detection", selftest_command,
            declare_selftest},
    Command{"list", "[WHAT]", "targets, scenarios, formats, suites, services, ...", list_command,
            declare_list, "And"},
    Command{"sink", "", "receive and count spans over OTLP/HTTP and gRPC", sink_command,
            declare_sink},
    Command{"delay", "--to HOST:PORT", "pass on connections as from far away", delay_command,
            declare_delay, "", false},
    Command{"tail", "--to URL --keep POLICY", "pass on the traces that matter, OTLP in and out",
            tail_command, declare_tail, "", false},
    Command{"completion", "SHELL", "what bash, zsh or fish needs to complete all this",
            completion_command, declare_completion},
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
      "Usage: tracetax COMMAND [OPTION...] | COMMAND --help | --version [--verbose]\n");
  for (const Command& command : kCommands) {
    if (!command.in_help) continue;
    if (!command.opens.empty()) fmt::print("{}:\n", command.opens);
    fmt::print("  {:<26}{}\n", fmt::format("{} {}", command.name, command.usage), command.help);
  }
  fmt::print(
      "\nExit codes: 0 pass, 1 fail, 2 usage, 3 inconclusive, 4 invalid measurement,\n"
      "5 unusable result file, 70 internal error, 130/143 interrupted; man tracetax\n");
  return ExitCode::pass;
}

}  // namespace tracetax
