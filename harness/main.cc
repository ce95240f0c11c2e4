// tracetax: the command line. Each command is one function; this file only chooses among them.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "harness/cli/commands.h"
#include "harness/core/suggest.h"
#include "harness/run/interrupt.h"

namespace tracetax {
namespace {

Result<ExitCode> run(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "--help";
  if (name == "--help" || name == "-h" || name == "help") return print_help();
  if (name == "--version" || name == "version") return print_version();
  for (const Command& command : commands()) {
    if (command.name == name) return command.run(argc - 1, argv + 1);
  }
  return failure(ExitCode::usage, unknown_name("command", name, command_names()) + "\nsee tracetax --help");
}

}  // namespace
}  // namespace tracetax

int main(int argc, char** argv) {
  tracetax::install_interrupt_handlers();
  const auto code = tracetax::run(argc, argv);
  std::fflush(stdout);
  if (code) return static_cast<int>(*code);
  fmt::print(stderr, "tracetax: {}\n", code.error().message);
  return static_cast<int>(code.error().code);
}
