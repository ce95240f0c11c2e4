// SPDX-License-Identifier: Apache-2.0
#include "targets/back_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "targets/report_lines.h"

namespace tracetax {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLongestStart{20};

/// Null-terminated, as exec wants it; points into `texts`.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void become_back(pid_t parent, int output, char* const* arguments,
                              char* const* environment) {
  // SIGKILL and not SIGTERM: without its front, what it still could send would be half a trace.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  setpgid(0, 0);  // a terminal's Ctrl-C is for the front, which stops this process after itself
  dup2(output, STDOUT_FILENO);
  execve("/proc/self/exe", arguments, environment);
  _exit(127);
}

int milliseconds_until(SteadyTime deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000));
}

}  // namespace

Result<std::unique_ptr<BackProcess>> BackProcess::start(const std::vector<std::string>& options,
                                                        const EnvironmentMap& environment) {
  std::vector<std::string> arguments{"tracetax-target"};
  for (const std::string& option : options) arguments.push_back(option);
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment)
    variables.push_back(fmt::format("{}={}", name, value));
  const auto argument_pointers = pointers_to(arguments);
  const auto variable_pointers = pointers_to(variables);
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) {
    return failure(ExitCode::internal, fmt::format("pipe: {}", std::strerror(errno)));
  }
  const pid_t self = getpid();
  const pid_t pid = fork();
  if (pid == 0) become_back(self, output[1], argument_pointers.data(), variable_pointers.data());
  const int fork_error = errno;
  close(output[1]);
  if (pid < 0) {
    close(output[0]);
    return failure(ExitCode::internal, fmt::format("fork: {}", std::strerror(fork_error)));
  }
  std::unique_ptr<BackProcess> back(new BackProcess(pid, output[0]));
  const std::string line = back->read_line(SteadyClock::now() + kLongestStart);
  const auto port = parse_ready_line(line);
  if (!port) {
    return failure(ExitCode::invalid,
                   fmt::format("the service behind ({}) did not become ready", options.front()));
  }
  back->port_ = *port;
  return back;
}

BackProcess::~BackProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    reap();
  }
  close(output_);
}

void BackProcess::ask_to_stop() noexcept {
  if (pid_ > 0) kill(pid_, SIGTERM);
}

Result<SpanCounts> BackProcess::wait(SteadyTime deadline,
                                     const std::function<void(const std::string&)>& hear) {
  std::string last;
  for (std::string line = read_line(deadline); !line.empty(); line = read_line(deadline)) {
    if (!last.empty()) hear(last);
    last = std::move(line);
  }
  // It ends right after its last words; if it has not said them, it is late or gone.
  const auto counts = parse_counts_line(last);
  if (!counts) kill(pid_, SIGKILL);
  const int status = reap();
  if (counts && WIFEXITED(status) && WEXITSTATUS(status) == 0) return *counts;
  return failure(ExitCode::invalid,
                 "the service behind did not end in order; its span counts are "
                 "missing from the line above");
}

std::string BackProcess::read_line(SteadyTime deadline) {
  for (;;) {
    if (const auto end = read_ahead_.find('\n'); end != std::string::npos) {
      std::string line = read_ahead_.substr(0, end + 1);
      read_ahead_.erase(0, end + 1);
      return line;
    }
    pollfd watched{output_, POLLIN, 0};
    const int ready = poll(&watched, 1, milliseconds_until(deadline));
    if (ready < 0 && errno == EINTR) continue;
    char block[4096];
    const ssize_t size = ready > 0 ? read(output_, block, sizeof block) : 0;
    if (size <= 0) return std::exchange(read_ahead_, {});
    read_ahead_.append(block, static_cast<std::size_t>(size));
  }
}

int BackProcess::reap() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return status;
}

}  // namespace tracetax
