// SPDX-License-Identifier: Apache-2.0
#include "harness/run/running_target.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "harness/core/text/url_parts.h"
#include "harness/run/process/listening_ports.h"
#include "harness/run/process/last_words.h"
#include "harness/run/process/ports.h"
#include "harness/run/process/readiness.h"
#include "harness/run/process/self_counts.h"

namespace tracetax {
namespace {

constexpr int kPortTries = 3;
constexpr std::size_t kOutputKept = 64 * 1024;  // of the end of the log

std::string label(const TargetSpec& target) { return "target " + target.name; }

/// "target gin" + "exited with code 3 ..."
Error named(const TargetSpec& target, const Error& error) {
  return {error.code, label(target) + " " + error.message};
}

/// What is wrong with the ports on which a target listens; empty: nothing that could be seen.
std::string listens_elsewhere(const Process& process, int port) {
  const std::vector<int> ports = listening_ports(process.tree());
  if (ports.empty() || std::ranges::find(ports, port) != ports.end()) return "";
  return fmt::format(
      "listens on port {}, and not on port {} that it was given: put {{port}} where its command or "
      "\"env\" says the port",
      fmt::join(ports, ", "), port);
}

}  // namespace

std::string readiness_url(const TargetSpec& target, int port) {
  return with_port(target.ready.empty() ? "tcp://127.0.0.1:{port}" : target.ready, port);
}

Result<RunningTarget> RunningTarget::start(const TargetStart& start) {
  if (start.target.kind == TargetKind::attached) return attach(start);
  for (int tries = 1;; ++tries) {
    const auto port = free_port();
    if (!port) return failure(port.error().within(label(start.target)));
    auto running = launch(start, *port);
    // Between our look and its bind, another program may have taken the port.
    const bool taken = !running && !port_is_free(*port);
    if (running || !taken || tries == kPortTries) return running;
  }
}

Result<RunningTarget> RunningTarget::launch(const TargetStart& start, int port) {
  const TargetSpec& target = start.target;
  const TargetCommand command =
      target_command(start.suite, target, start.arm,
                     {start.target_program, port, start.sink, start.environment_pad});
  LaunchSpec spec;
  spec.argv = command.argv;
  spec.environment = inherited_environment();
  for (const auto& [name, value] : command.environment) spec.environment[name] = value;
  spec.working_dir = command.working_dir;
  spec.cpus = start.cpus;
  if (start.output != nullptr) {
    *start.output = {.target = target.name,
                     .arm = start.arm.name,
                     .argv = command.argv,
                     .working_dir = command.working_dir,
                     .environment = command.environment};
  }
  auto process = Process::launch(spec);
  if (!process) return failure(process.error().within(label(target)));

  const auto probe = readiness_probe(readiness_url(target, port));
  if (!probe) return failure(probe.error().within(label(target)));
  RunningTarget running{target};
  running.process_.emplace(std::move(*process));
  running.endpoint_ = {"127.0.0.1", port};
  running.span_delay_ = batch_delay(command.environment);
  running.output_ = start.output;
  const Status ready =
      wait_until_ready(*probe, &*running.process_, target.ready_within, start.abandon);
  const bool interrupted = !ready && ready.error().code == ExitCode::interrupted;
  // Where something else answers for it, what is measured would not be the target.
  const std::string elsewhere = interrupted ? "" : listens_elsewhere(*running.process_, port);
  if (!ready || !elsewhere.empty()) {
    static_cast<void>(running.note_output());
    return failure(named(target, elsewhere.empty() ? ready.error()
                                                   : Error{ExitCode::invalid, elsewhere}));
  }
  return running;
}

Result<RunningTarget> RunningTarget::attach(const TargetStart& start) {
  const TargetSpec& target = start.target;
  const std::string ready = target.ready.empty() ? "" : target.ready;
  const auto endpoint = endpoint_of_url(target.url);
  if (!endpoint) return failure(endpoint.error().within(label(target)));
  const auto probe = readiness_probe(
      ready.empty() ? "tcp://" + authority_text(endpoint->host, endpoint->port) : ready);
  if (!probe) return failure(probe.error().within(label(target)));
  RunningTarget running{target};
  running.endpoint_ = *endpoint;
  running.span_delay_ = batch_delay({});
  const Status up = wait_until_ready(*probe, nullptr, target.ready_within, start.abandon);
  if (!up) return failure(named(target, up.error()));
  return running;
}

std::optional<MeteredTree> RunningTarget::metered() const {
  if (process_) return MeteredTree{process_->keeper(), false};
  if (spec_->pid) return MeteredTree{*spec_->pid, true};
  return std::nullopt;
}

std::optional<std::string> RunningTarget::ended() {
  if (!process_) return std::nullopt;
  const auto end = process_->wait(Nanos{0});
  if (!end) return std::nullopt;
  return fmt::format("{} {}; its last words: {}", label(*spec_), end->text(),
                     last_words(process_->log().tail(4096)));
}

void RunningTarget::freeze() {
  if (process_) process_->freeze();
}

void RunningTarget::thaw() {
  if (process_) process_->thaw();
}

std::string RunningTarget::note_output() const {
  if (!process_) return {};
  std::string text = process_->log().tail(kOutputKept);
  if (output_ != nullptr) {
    output_->text = text;
    output_->written = process_->log().written();
  }
  return text;
}

TargetEnd RunningTarget::stop(const std::function<bool()>& abandon) {
  TargetEnd end;
  if (!process_) return end;
  const StopOutcome outcome = process_->stop(spec_->stop_within, abandon);
  end.killed = outcome.killed;
  end.end = outcome.end;
  end.self_counts = read_self_counts(note_output());
  return end;
}

}  // namespace tracetax
