// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/running_service.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/run/process/last_words.h"
#include "harness/run/process/listening_ports.h"
#include "harness/run/process/readiness.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Command = std::vector<std::string>;
constexpr std::size_t kWordsRead = 4096;
constexpr std::size_t kOutputKept = 64 * 1024;  // of the end of the log
constexpr std::size_t kPrintKept = 200;         // of what a command printed
constexpr Nanos kOneTry = 5s;                   // of a command that asks whether it is ready

std::string words_of(const Process& process) {
  return fmt::format("its last words: {}", last_words(process.log().tail(kWordsRead)));
}

std::string quoted(const Command& command) { return fmt::format("'{}'", fmt::join(command, " ")); }

/// What is in a pipe to which nobody writes any more.
std::string read_pipe(int descriptor) {
  std::string text;
  char piece[4096];
  for (ssize_t got = 0; (got = read(descriptor, piece, sizeof piece)) > 0;)
    text.append(piece, static_cast<std::size_t>(got));
  close(descriptor);
  return text;
}

/// Runs `command` as the service would be run, to its end. `printed`: takes its standard output, of
/// which a pipe must hold all.
Status run_command(const ServiceLaunch& launch, const Command& command, Nanos within,
                   const RunningService::Abandon& abandon, std::string* printed = nullptr) {
  constexpr Nanos kSlice = 100ms;
  LaunchSpec spec = launch.program;
  if (printed != nullptr) spec.stdio = Stdio::piped;
  spec.argv = run_as(launch.user, command);
  spec.own_ipc = !launch.user.empty();
  auto process = Process::launch(spec);
  if (!process) return failure(process.error());
  if (printed != nullptr) close(process->take_input());
  const std::string name = quoted(command);
  const auto deadline = Clock::now() + within;
  while (Clock::now() < deadline) {
    const auto end = process->wait(std::min(kSlice, Nanos{deadline - Clock::now()}));
    if (end && printed != nullptr) {
      process->kill_tree();  // whoever it left behind has the other end of the pipe
      *printed = read_pipe(process->take_output());
    }
    if (end && end->code == 0) return {};
    if (end) {
      // No later try can find the program: env, setpriv and shells say so with 126 and 127.
      const bool hopeless = end->code == 126 || end->code == 127;
      return failure(hopeless ? ExitCode::usage : ExitCode::invalid,
                     fmt::format("{} {}; {}", name, end->text(), words_of(*process)));
    }
    if (abandon && abandon()) return failure(ExitCode::interrupted, "interrupted");
  }
  return failure(ExitCode::invalid, fmt::format("{} did not end within {}; {}", name,
                                                format_duration(within), words_of(*process)));
}

Status run_commands(const ServiceLaunch& launch, const std::vector<Command>& commands,
                    const RunningService::Abandon& abandon) {
  for (const Command& command : commands) {
    if (Status done = run_command(launch, command, launch.ready_within, abandon); !done)
      return done;
  }
  return {};
}

/// Until the command says so.
Status wait_for_command(const ServiceLaunch& launch, Process& process,
                        const RunningService::Abandon& abandon) {
  constexpr Nanos kPause = 20ms;
  const auto deadline = Clock::now() + launch.ready_within;
  for (;;) {
    const Status ready = run_command(launch, launch.ready_command, kOneTry, abandon);
    // First of all, for somebody else may answer on the port of a program that could not have it.
    if (const auto end = process.wait(ready ? Nanos{0} : kPause)) {
      return failure(ExitCode::invalid,
                     fmt::format("{} before it was ready; {}", end->text(), words_of(process)));
    }
    if (ready || ready.error().code != ExitCode::invalid) return ready;
    if (Clock::now() >= deadline) {
      return failure(ExitCode::invalid,
                     fmt::format("was not ready within {}: {}; of the service itself: {}",
                                 format_duration(launch.ready_within), ready.error().message,
                                 last_words(process.log().tail(kWordsRead))));
    }
  }
}

Status wait_ready(const ServiceLaunch& launch, Process& process,
                  const RunningService::Abandon& abandon) {
  if (!launch.ready_command.empty()) return wait_for_command(launch, process, abandon);
  if (launch.ready.empty()) return {};
  auto probe = readiness_probe(launch.ready);
  if (!probe) return failure(probe.error());
  probe->has_context = launch.ready_has_context;
  return wait_until_ready(*probe, &process, launch.ready_within, abandon);
}

/// What is wrong with the ports on which it listens; empty: nothing that could be seen.
std::string listens_elsewhere(const Process& process, int port) {
  const std::vector<int> ports = port == 0 ? std::vector<int>{} : listening_ports(process.tree());
  if (ports.empty() || std::ranges::find(ports, port) != ports.end()) return "";
  return fmt::format(
      "listens on port {}, and not on port {} that it was given: put {{port}} where its command or "
      "\"env\" says the port",
      fmt::join(ports, ", "), port);
}

}  // namespace

RunningService::RunningService(ServiceLaunch launch, Process process)
    : launch_(std::move(launch)), process_(std::move(process)) {
  launch_.said = nullptr;
  const bool asked = !launch_.ready.empty() || !launch_.ready_command.empty();
  if (asked) written_when_ready_ = process_.log().written();
}

std::string RunningService::words() const {
  const std::uint64_t news = process_.log().written() - written_when_ready_;
  if (news == 0) return "it wrote nothing since it was ready";
  const auto read = std::min<std::uint64_t>(news, kWordsRead);
  return fmt::format("its last words: {}",
                     last_words(process_.log().tail(static_cast<std::size_t>(read))));
}

Result<RunningService> RunningService::start(ServiceLaunch launch, const Abandon& abandon) {
  const auto named = [&launch](const Error& error) {
    return failure(error.code, launch.label + " " + error.message);
  };
  if (launch.folder) {
    launch.program.folder = launch.folder->path();
    if (Status written = launch.folder->write(launch.files); !written)
      return named(written.error());
  }
  if (Status done = run_commands(launch, launch.prepare, abandon); !done)
    return named(done.error());
  LaunchSpec spec = launch.program;
  spec.argv = run_as(launch.user, spec.argv);
  spec.own_ipc = !launch.user.empty();
  auto process = Process::launch(spec);
  if (!process) return failure(process.error().within(launch.label));
  // From here on the process answers for the folder; a try that is stopped must not take it along.
  launch.program.folder.clear();
  Status ready = wait_ready(launch, *process, abandon);
  if (ready || ready.error().code != ExitCode::interrupted) {
    // Where something else answers for it, what is measured would not be this program.
    if (const std::string where = listens_elsewhere(*process, launch.port); !where.empty())
      ready = failure(ExitCode::invalid, where);
  }
  if (!ready) {
    if (launch.said != nullptr) *launch.said = process->log().tail(kOutputKept);
    return named(ready.error());
  }
  if (Status done = run_commands(launch, launch.after_ready, abandon); !done)
    return named(done.error());
  return RunningService{std::move(launch), std::move(*process)};
}

std::optional<std::string> RunningService::ended() {
  const auto end = process_.wait(Nanos{0});
  if (!end) return std::nullopt;
  return fmt::format("{} {}; {}", label(), end->text(), words());
}

Status RunningService::still_answers(const Abandon& abandon) {
  Status answers;
  if (!launch_.ready_command.empty()) {
    answers = run_command(launch_, launch_.ready_command, kOneTry, abandon);
  } else if (!launch_.ready.empty()) {
    auto probe = readiness_probe(launch_.ready);
    if (!probe) return failure(probe.error());
    probe->has_context = launch_.ready_has_context;
    answers = wait_until_ready(*probe, nullptr, kOneTry, abandon);
  }
  if (const auto end = ended()) return failure(ExitCode::invalid, *end);
  if (answers || answers.error().code == ExitCode::interrupted) return answers;
  return failure(ExitCode::invalid, fmt::format("{} no longer answers ({}); {}", label(),
                                                answers.error().message, words()));
}

std::vector<InvariantAnswer> RunningService::ask_invariants(const Abandon& abandon) const {
  std::vector<InvariantAnswer> answers;
  for (const InvariantSpec& asked : launch_.invariants) {
    std::string printed;
    const Status done =
        run_command(launch_, asked.command, launch_.ready_within, abandon, &printed);
    if (!done && done.error().code == ExitCode::interrupted) break;
    printed.erase(printed.find_last_not_of(" \r\n") + 1);
    const std::string saw = !done             ? done.error().message
                            : printed.empty() ? ""
                                              : last_words(printed, kPrintKept);
    InvariantAnswer& answer = answers.emplace_back();
    answer.seen = {"", asked.name, done && printed == asked.expects, saw};
    if (answer.seen.holds) continue;
    answer.breach = fmt::format("{} of {} must print '{}' and {}", quoted(asked.command), label(),
                                asked.expects,
                                done ? fmt::format("printed '{}'", saw) : "gave no answer: " + saw);
  }
  return answers;
}

StopOutcome RunningService::stop(const Abandon& abandon) {
  return process_.stop(launch_.stop_within, abandon, launch_.stop_signal);
}

}  // namespace tracetax
