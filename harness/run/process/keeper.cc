// Everything below fork_keeper() runs after a fork from a threaded program: system calls only.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/keeper.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "harness/run/process/output_log.h"

namespace tracetax {
namespace {

constexpr int kTrimEveryMs = 500;

void tell(int fd, const KeeperReport& report) {
  while (write(fd, &report, sizeof report) < 0 && errno == EINTR) {
  }
}

/// Closes, or with CLOSE_RANGE_CLOEXEC marks for closing at exec, the descriptors [from, to].
void close_descriptors(unsigned from, unsigned to, unsigned flags) {
  if (syscall(SYS_close_range, from, to, flags) == 0) return;
  constexpr unsigned kEnough = 65536;  // kernels before 5.9: one by one
  for (unsigned fd = from; fd <= to && fd < kEnough; ++fd) {
    if (flags == 0) {
      close(static_cast<int>(fd));
    } else {
      fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
    }
  }
}

void close_all_but(const int* kept, int kept_count) {
  unsigned from = 0;
  for (;;) {
    // The least kept descriptor at or above `from`.
    unsigned next = ~0U;
    for (int i = 0; i < kept_count; ++i) {
      const auto fd = static_cast<unsigned>(kept[i]);
      if (kept[i] >= 0 && fd >= from && fd < next) next = fd;
    }
    if (next > from) close_descriptors(from, next == ~0U ? ~0U : next - 1, 0);
    if (next == ~0U) return;
    from = next + 1;
  }
}

/// A process group of its own, as a rule in a session of its own.
void stand_apart(const KeeperJob& job) {
  if (job.same_session) {
    setpgid(0, 0);
  } else {
    setsid();
  }
}

/// In the program's process, up to exec. What fails is told to the keeper through `birth`.
[[noreturn]] void become_program(const KeeperJob& job, pid_t keeper, int birth) {
  birth = fcntl(birth, F_DUPFD_CLOEXEC, 3);
  const auto refuse = [birth](KeeperReport::Step step) {
    tell(birth, {KeeperReport::Kind::refused, step, 0, errno});
    _exit(127);
  };
  stand_apart(job);
  // A keeper that is killed takes the program with it. It may be gone already: then nobody would
  // tell.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != keeper) _exit(127);
  for (int number = 1; number < NSIG; ++number) {
    // Ignored signals stay ignored over an exec: a program must not find SIGPIPE as we like it.
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    sigaction(number, &standard, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (job.own_ipc) unshare(CLONE_NEWIPC);  // without the right to it things are as ever
  if (job.working_dir != nullptr && chdir(job.working_dir) != 0) {
    refuse(KeeperReport::Step::working_dir);
  }
  if (job.cpus != nullptr && sched_setaffinity(0, sizeof *job.cpus, job.cpus) != 0) {
    refuse(KeeperReport::Step::cpus);
  }
  // Above 2 first: one of the three may be the number that another is about to take.
  const int input = fcntl(job.input, F_DUPFD, 3);
  const int output = fcntl(job.output, F_DUPFD, 3);
  const int error = fcntl(job.error, F_DUPFD, 3);
  dup2(input, 0);
  dup2(output, 1);
  dup2(error, 2);
  close_descriptors(3, ~0U, CLOSE_RANGE_CLOEXEC);
  execve(job.program, job.argv, job.environment);
  refuse(KeeperReport::Step::exec);
  _exit(127);
}

/// Sends SIGKILL to every child, adopted ones too.
void kill_children() {
  const int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  char text[4096];
  pid_t pid = 0;
  ssize_t got = 0;
  while ((got = read(fd, text, sizeof text)) > 0) {
    for (ssize_t i = 0; i < got; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        pid = pid * 10 + (text[i] - '0');
      } else {
        if (pid > 1) kill(pid, SIGKILL);
        pid = 0;
      }
    }
  }
  close(fd);
}

enum class Reaped { one, none_ended, none_left };

/// Takes leave of one child that has ended (waits for it unless WNOHANG is given) and reports the
/// program's own end. `program` becomes 0 then.
Reaped reap_one(const KeeperJob& job, pid_t& program, int flags) {
  siginfo_t ended{};
  if (waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT | flags) != 0) {
    return errno == ECHILD ? Reaped::none_left : Reaped::none_ended;
  }
  if (ended.si_pid == 0) return Reaped::none_ended;
  // While the program is not reaped its number cannot be another's: the moment to end its group,
  // for kernels that do not list children.
  if (ended.si_pid == program) kill(-program, SIGKILL);
  int status = 0;
  waitpid(ended.si_pid, &status, 0);
  if (ended.si_pid == program) {
    tell(job.report, {KeeperReport::Kind::ended, KeeperReport::Step::none, program, status});
    program = 0;
  }
  return Reaped::one;
}

/// Returns when the program has ended (false), or the driver has ended or let go of it (true).
bool sleep_until_an_end(const KeeperJob& job, pid_t& program) {
  sigset_t child_ended;
  sigemptyset(&child_ended);
  sigaddset(&child_ended, SIGCHLD);
  const int ends = signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK);
  std::int64_t trimmed_to = 0;
  for (;;) {
    pollfd watched[] = {{job.driver, POLLIN, 0}, {ends, POLLIN, 0}};
    const int ready = poll(watched, 2, kTrimEveryMs);
    // Here and not in the driver: at the lowest priority it delays no request.
    if (job.log >= 0) trimmed_to = trim_log_file(job.log, trimmed_to, kLogKept);
    if (ready <= 0) continue;
    if (watched[0].revents != 0) return true;  // nobody ever writes: it is the end of the driver
    signalfd_siginfo dropped;
    while (read(ends, &dropped, sizeof dropped) > 0) {
    }
    while (reap_one(job, program, WNOHANG) == Reaped::one) {
    }
    if (program == 0) return false;
  }
}

[[noreturn]] void keep(const KeeperJob& job) {
  stand_apart(job);  // a terminal's Ctrl-C is for the driver, which decides what it means
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &standard, nullptr);  // an ignored SIGCHLD would hide how the program ended

  int birth[2];  // ends without a word when exec has succeeded
  const pid_t self = getpid();
  pid_t program = pipe2(birth, O_CLOEXEC) == 0 ? fork() : -1;
  if (program == 0) become_program(job, self, birth[1]);
  if (program < 0) {
    tell(job.report, {KeeperReport::Kind::refused, KeeperReport::Step::fork, 0, errno});
    _exit(1);
  }
  prctl(PR_SET_NAME, "tracetax-keeper");
  close(birth[1]);
  KeeperReport report{};
  if (read(birth[0], &report, sizeof report) != static_cast<ssize_t>(sizeof report)) {
    report = {KeeperReport::Kind::started, KeeperReport::Step::none, program, 0};
  }
  tell(job.report, report);
  // Other programs' pipes must not stay open here, nor the driver's standard output.
  const int kept[] = {job.driver, job.report, job.log};
  close_all_but(kept, 3);
  setpriority(PRIO_PROCESS, 0, 19);

  const bool driver_let_go = sleep_until_an_end(job, program);
  // Each death may hand us more orphans, so kill and wait until there is nobody to wait for.
  Reaped reaped = Reaped::one;
  while (reaped != Reaped::none_left) {
    if (program > 0) kill(program, SIGKILL);
    kill_children();
    reaped = reap_one(job, program, 0);
  }
  if (job.folder != nullptr && driver_let_go)
    execl("/bin/rm", "rm", "-rf", "--", job.folder, static_cast<char*>(nullptr));
  _exit(0);
}

}  // namespace

pid_t fork_keeper(const KeeperJob& job) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) keep(job);
  const int reason = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = reason;
  return pid;
}

}  // namespace tracetax
