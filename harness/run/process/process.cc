// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "harness/run/process/keeper.h"
#include "harness/run/process/proc_files.h"

extern char** environ;

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;
constexpr Nanos kKeeperPatience = std::chrono::seconds{5};  // for killed processes to be gone

void close_one(int& fd) {
  if (fd >= 0) close(std::exchange(fd, -1));
}

struct Pipe {
  int read_end = -1, write_end = -1;
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_one(read_end);
    close_one(write_end);
  }
  [[nodiscard]] bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    return true;
  }
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool is_program(const std::string& path) {
  struct stat facts {};
  return stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

/// Sleeps until `fd` is readable or has ended, or the deadline has passed.
bool readable_before(int fd, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::max(Nanos{0}, Nanos{deadline - Clock::now()});
    const timespec wait{static_cast<time_t>(left.count() / 1'000'000'000),
                        static_cast<long>(left.count() % 1'000'000'000)};
    pollfd watched{fd, POLLIN, 0};
    const int ready = ppoll(&watched, 1, &wait, nullptr);
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return false;
  }
}

bool read_report(int fd, KeeperReport& report) {
  ssize_t got = 0;
  do {
    got = read(fd, &report, sizeof report);
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof report);
}

ProcessEnd end_from(int status) {
  if (WIFSIGNALED(status)) return {128 + WTERMSIG(status), WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

Error refusal(const LaunchSpec& spec, const KeeperReport& report) {
  const std::string& program = spec.argv.front();
  const char* reason = strerror(report.status);
  switch (report.step) {
    case KeeperReport::Step::working_dir:
      return {ExitCode::usage, fmt::format("'{}' cannot run in the folder '{}': {}", program,
                                           spec.working_dir, reason)};
    case KeeperReport::Step::cpus:
      return {ExitCode::usage,
              fmt::format("'{}' cannot be pinned to the CPUs asked for: {}", program, reason)};
    case KeeperReport::Step::exec:
      return {ExitCode::usage, fmt::format("'{}' cannot be executed: {}", program, reason)};
    case KeeperReport::Step::fork:
    case KeeperReport::Step::none:
      break;
  }
  return {ExitCode::internal, fmt::format("'{}' could not be started: {}", program, reason)};
}

}  // namespace

Environment inherited_environment() {
  Environment kept;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    if (name.starts_with("OTEL_") || name.starts_with("TRACETAX_")) continue;
    kept.emplace(name, text.substr(equals + 1));
  }
  return kept;
}

Result<std::string> find_program(const std::string& program, const std::string& working_dir) {
  if (program.empty()) return failure(ExitCode::usage, "the command names no program");
  if (program.find('/') != std::string::npos) {
    const bool relative = program.front() != '/' && !working_dir.empty();
    const std::string path = relative ? working_dir + "/" + program : program;
    if (is_program(path)) return program;
    const bool exists = access(path.c_str(), F_OK) == 0;
    return failure(ExitCode::usage, exists ? fmt::format("'{}' is not an executable file", path)
                                           : fmt::format("there is no program '{}'", path));
  }
  const char* variable = std::getenv("PATH");
  std::string_view path = variable != nullptr ? variable : "/usr/local/bin:/usr/bin:/bin";
  while (!path.empty()) {
    const std::size_t size = std::min(path.find(':'), path.size());
    const std::string candidate = std::string(path.substr(0, size)) + "/" + program;
    if (size > 0 && is_program(candidate)) return candidate;
    path.remove_prefix(std::min(size + 1, path.size()));
  }
  return failure(
      ExitCode::usage,
      fmt::format("there is no program '{}' in PATH; a program with a '/' in its name is looked "
                  "for as it is written",
                  program));
}

std::string ProcessEnd::text() const {
  if (signal != 0) return fmt::format("was ended by signal {} ({})", signal, strsignal(signal));
  return fmt::format("exited with code {}", code);
}

Result<Process> Process::launch(const LaunchSpec& spec) {
  auto log = OutputLog::make();
  if (!log) return failure(log.error());
  Process process{std::move(*log)};
  if (Status started = process.start(spec); !started) return failure(started.error());
  return process;
}

Status Process::start(const LaunchSpec& spec) {
  if (spec.argv.empty()) return failure(ExitCode::usage, "the command is empty");
  const auto program = find_program(spec.argv.front(), spec.working_dir);
  if (!program) return failure(program.error());

  std::vector<std::string> arguments = spec.argv;
  std::vector<std::string> variables;
  for (const auto& [name, value] : spec.environment) variables.push_back(name + "=" + value);
  const std::vector<char*> argv = pointers_to(arguments);
  const std::vector<char*> environment = pointers_to(variables);
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  for (const int cpu : spec.cpus) {
    if (cpu >= 0 && cpu < CPU_SETSIZE) CPU_SET(static_cast<std::size_t>(cpu), &cpus);
  }

  Pipe driver, report, input, output;
  const bool piped = spec.stdio == Stdio::piped;
  bool open_all = driver.open() && report.open();
  if (piped) {
    open_all = open_all && input.open() && output.open();
  } else {
    input.read_end = open("/dev/null", O_RDONLY | O_CLOEXEC);
    open_all = open_all && input.read_end >= 0;
  }
  if (!open_all) {
    return failure(ExitCode::internal,
                   fmt::format("no pipes for '{}': {}", spec.argv.front(), strerror(errno)));
  }

  KeeperJob job;
  job.program = program->c_str();
  job.argv = argv.data();
  job.environment = environment.data();
  job.working_dir = spec.working_dir.empty() ? nullptr : spec.working_dir.c_str();
  job.cpus = spec.cpus.empty() ? nullptr : &cpus;
  job.same_session = spec.same_session;
  job.own_ipc = spec.own_ipc;
  job.folder = spec.folder.empty() ? nullptr : spec.folder.c_str();
  job.input = input.read_end;
  job.output = piped ? output.write_end : log_.descriptor();
  job.error = log_.descriptor();
  job.log = log_.descriptor();
  job.driver = driver.read_end;
  job.report = report.write_end;
  keeper_ = fork_keeper(job);
  if (keeper_ < 0) {
    return failure(ExitCode::internal,
                   fmt::format("no process for '{}': {}", spec.argv.front(), strerror(errno)));
  }
  driver_end_ = std::exchange(driver.write_end, -1);
  report_ = std::exchange(report.read_end, -1);
  input_ = std::exchange(input.write_end, -1);
  output_ = std::exchange(output.read_end, -1);
  close_one(report.write_end);  // so that the end of the keeper is the end of its reports

  KeeperReport first{};
  if (!read_report(report_, first)) {
    return failure(ExitCode::internal, fmt::format("'{}' could not be started", spec.argv.front()));
  }
  if (first.kind == KeeperReport::Kind::refused) return failure(refusal(spec, first));
  pid_ = first.pid;
  return {};
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      keeper_(std::exchange(other.keeper_, -1)),
      driver_end_(std::exchange(other.driver_end_, -1)),
      report_(std::exchange(other.report_, -1)),
      input_(std::exchange(other.input_, -1)),
      output_(std::exchange(other.output_, -1)),
      end_(std::exchange(other.end_, std::nullopt)),
      log_(std::move(other.log_)) {}

Process::~Process() {
  kill_tree();
  close_one(report_);
  close_one(input_);
  close_one(output_);
}

std::vector<pid_t> Process::tree() const { return descendants_of(keeper_); }

std::optional<ProcessEnd> Process::wait(Nanos within) {
  if (end_ || report_ < 0) return end_;
  if (!readable_before(report_, Clock::now() + within)) return std::nullopt;
  KeeperReport report{};
  // A keeper that was killed says nothing, but takes the program with it.
  end_ = read_report(report_, report) ? end_from(report.status) : end_from(SIGKILL);
  return end_;
}

bool Process::signal(int number) {
  // Between the two, the program may end and be reaped by the keeper: as harmless as kill(1) is.
  return running() && kill(pid_, number) == 0;
}

void Process::freeze() {
  // A process may be born while its parent is being stopped: look again until there is none.
  std::vector<pid_t> stopped;
  for (bool news = true; news;) {
    news = false;
    for (const pid_t pid : tree()) {
      if (std::ranges::find(stopped, pid) != stopped.end()) continue;
      kill(pid, SIGSTOP);
      stopped.push_back(pid);
      news = true;
    }
  }
}

void Process::thaw() {
  for (const pid_t pid : tree()) kill(pid, SIGCONT);
}

StopOutcome Process::stop(Nanos grace, const std::function<bool()>& abandon, int with) {
  constexpr Nanos kSlice = std::chrono::milliseconds{100};
  const auto deadline = Clock::now() + grace;
  StopOutcome outcome;
  signal(with);
  thaw();  // a stopped program would never see it
  while (!wait(std::min(kSlice, Nanos{deadline - Clock::now()})) && Clock::now() < deadline) {
    if (abandon && abandon()) break;
  }
  outcome.killed = running();
  kill_tree();
  outcome.end = end_;
  return outcome;
}

void Process::kill_tree() {
  if (keeper_ < 0) return;
  close_one(driver_end_);  // the keeper does the rest
  wait(kKeeperPatience);
  // The reports end when the keeper has, that is when the tree is gone.
  const auto deadline = Clock::now() + kKeeperPatience;
  KeeperReport report{};
  while (readable_before(report_, deadline) && read_report(report_, report)) {
  }
  int status = 0;
  if (waitpid(keeper_, &status, WNOHANG) == 0) {
    // Readable end of file comes before the exit is complete, so this wait is short; but never wait
    // for a keeper that itself waits for something that cannot be killed.
    if (readable_before(report_, Clock::now())) waitpid(keeper_, &status, 0);
  }
  keeper_ = -1;
}

int Process::take_input() { return std::exchange(input_, -1); }
int Process::take_output() { return std::exchange(output_, -1); }

}  // namespace tracetax
