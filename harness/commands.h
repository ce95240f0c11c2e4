// The table of commands and the one-screen help made from it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

struct Command {
  std::string_view name;
  std::string_view usage;                          // what follows the name
  std::string_view help;                           // one line
  Result<ExitCode> (*run)(int argc, char** argv);  // argv[0] is the command's name
  CommandLine (*describe)();                       // its options, for pages.h
  std::string_view opens = {};  // the title of the group that begins with it, in the help
  bool in_help = true;          // the help fits a screen: parts of suites are told elsewhere
};

[[nodiscard]] std::span<const Command> commands();
[[nodiscard]] std::vector<std::string> command_names();

Result<ExitCode> print_help();

}  // namespace tracetax
