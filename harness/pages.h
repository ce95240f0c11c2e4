// What tracetax says of itself: help, manual pages, and what shells need to complete it. All of it
// is made of the table of commands and of the options that each of them declares.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// `tracetax completion SHELL` prints a script, which asks `tracetax completion --words -- WORD...`
/// for what fits the last of the words behind the program's name.
[[nodiscard]] CommandLine declare_completion();
[[nodiscard]] Result<ExitCode> completion_command(int argc, char** argv);

/// `tracetax help [COMMAND]`; with --man as a manual page; with --pages DIR all that an
/// installation has is written there.
[[nodiscard]] CommandLine declare_help();
[[nodiscard]] Result<ExitCode> help_command(int argc, char** argv);

}  // namespace tracetax
