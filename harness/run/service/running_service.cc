// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/running_service.h"

#include <fmt/ranges.h>

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
constexpr Nanos kOneTry = 5s;                   // of a command that asks whether it is ready

std::string words_of(const Process& process) {
  return fmt::format("its last words: {}", last_words(process.log().tail(kWordsRead)));
}

/// Runs `command` as the service would be run, to its end.
Status run_command(const ServiceLaunch& launch, const Command& command, Nanos within,
                   const RunningService::Abandon& abandon) {
  constexpr Nanos kSlice = 100ms;
  LaunchSpec spec = launch.program;
  spec.argv = run_as(launch.user, command);
  spec.own_ipc = !launch.user.empty();
  auto process = Process::launch(spec);
  if (!process) return failure(process.error());
  const std::string name = fmt::format("'{}'", fmt::join(command, " "));
  const auto deadline = Clock::now() + within;
  while (Clock::now() < deadline) {
    const auto end = process->wait(std::min(kSlice, Nanos{deadline - Clock::now()}));
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

RunningService::RunningService(ServiceLaunch& launch, Process process)
    : folder_(std::move(launch.folder)),
      label_(std::move(launch.label)),
      stop_signal_(launch.stop_signal),
      stop_within_(launch.stop_within),
      process_(std::move(process)) {}

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
  return RunningService{launch, std::move(*process)};
}

std::optional<std::string> RunningService::ended() {
  const auto end = process_.wait(Nanos{0});
  if (!end) return std::nullopt;
  return fmt::format("{} {}; {}", label_, end->text(), words_of(process_));
}

StopOutcome RunningService::stop(const Abandon& abandon) {
  return process_.stop(stop_within_, abandon, stop_signal_);
}

}  // namespace tracetax
