// tracetax: the command line. Each command is one function; this file only chooses among them.
// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "harness/commands.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/url_parts.h"
#include "harness/pages.h"
#include "harness/run/process/interrupt.h"
#include "harness/version.h"

namespace tracetax {
namespace {

Result<ExitCode> run(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "--help";
  if (name == "--help" || name == "-h") return print_help();
  if (name == "help") return help_command(argc - 1, argv + 1);
  if (name == "--version" || name == "version") return version_command(argc - 1, argv + 1);
  for (const Command& command : commands()) {
    if (command.name == name) return command.run(argc - 1, argv + 1);
  }
  return failure(ExitCode::usage,
                 unknown_name("command", name, command_names()) + "\nsee tracetax --help");
}

/// The border: what a library throws (printing to a full disk, no memory) ends as an error here.
Result<ExitCode> run_guarded(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return failure(ExitCode::internal, error.what());
  }
}

/// Whoever read our output has seen enough: `| head`.
bool reader_is_gone() {
  pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/// As other programs end then, so that a shell sees what it knows: by SIGPIPE (141), in silence.
/// Until now the signal was ignored: a measurement outlives its reader, and a verdict is told by
/// its exit code.
void end_as_its_reader_did() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
}

/// What was printed and did not arrive is no success, and hides no failure.
Result<ExitCode> check_output(Result<ExitCode> code) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  const std::string why = errno != 0 ? std::string(": ") + std::strerror(errno) : "";
  if (!code && code.error().code != ExitCode::internal) return code;
  if (reader_is_gone() && (!code || *code == ExitCode::pass)) end_as_its_reader_did();
  if (reader_is_gone()) return code;
  const bool says_more = code && *code != ExitCode::pass;
  return failure(says_more ? *code : ExitCode::usage, "standard output: cannot be written" + why);
}

}  // namespace
}  // namespace tracetax

int main(int argc, char** argv) {
  tracetax::install_interrupt_handlers();
  const auto code = tracetax::check_output(tracetax::run_guarded(argc, argv));
  if (code) return static_cast<int>(*code);
  // Not fmt::print, which throws where standard error cannot be written either.
  std::fputs(("tracetax: " + tracetax::without_userinfo(code.error().message) + "\n").c_str(),
             stderr);
  return static_cast<int>(code.error().code);
}
