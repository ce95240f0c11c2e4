// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "harness/run/process/proc_files.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
constexpr Nanos kLong = 20s;  // never waited for unless something is broken

LaunchSpec shell(const std::string& script) {
  return {.argv = {"sh", "-c", script}, .environment = inherited_environment()};
}

bool gone(pid_t pid) {
  for (int i = 0; i < 2000; ++i) {
    const auto stat = process_stat(pid);
    if (!stat || stat->state == 'Z') return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

pid_t number_in(const std::string& path) {
  for (int i = 0; i < 4000; ++i) {
    const auto text = read_small_file(path);
    if (text && !text->empty()) return static_cast<pid_t>(std::atoi(text->c_str()));
    std::this_thread::sleep_for(5ms);
  }
  return -1;
}

std::string scratch(const std::string& name) {
  static const std::string folder = [] {
    std::string pattern = testing::TempDir() + "/process_test.XXXXXX";
    return std::string(mkdtemp(pattern.data()));
  }();
  return folder + "/" + name;
}

/// Until the program has said something, so its traps are set.
void await_first_words(const Process& process) {
  while (process.log().written() == 0) std::this_thread::sleep_for(1ms);
}

TEST(Process, MissingProgramIsNamed) {
  const auto launched = Process::launch({.argv = {"no-such-program-here"}});
  ASSERT_FALSE(launched);
  EXPECT_EQ(launched.error().code, ExitCode::usage);
  EXPECT_NE(launched.error().message.find("'no-such-program-here'"), std::string::npos);

  const auto by_path = Process::launch({.argv = {"./absent"}, .working_dir = "/tmp"});
  ASSERT_FALSE(by_path);
  EXPECT_NE(by_path.error().message.find("/tmp/./absent"), std::string::npos);
}

TEST(Process, FileThatIsNoProgramIsRefused) {
  const std::string path = scratch("not-a-program");
  std::ofstream{path} << "\x01\x02 neither a script nor a binary\n";
  const auto not_executable = Process::launch({.argv = {path}});
  ASSERT_FALSE(not_executable);
  EXPECT_NE(not_executable.error().message.find("not an executable"), std::string::npos);

  chmod(path.c_str(), 0755);
  const auto no_format = Process::launch({.argv = {path}});
  ASSERT_FALSE(no_format);
  EXPECT_NE(no_format.error().message.find("cannot be executed"), std::string::npos)
      << no_format.error().message;
}

TEST(Process, MissingFolderIsNamed) {
  const auto launched = Process::launch({.argv = {"true"}, .working_dir = "/no/such/folder"});
  ASSERT_FALSE(launched);
  EXPECT_NE(launched.error().message.find("/no/such/folder"), std::string::npos);
}

TEST(Process, ExitCodeAndLastWordsAreKept) {
  auto process = Process::launch(shell("echo out; echo err >&2; exit 7"));
  ASSERT_TRUE(process) << process.error().message;
  const auto end = process->wait(kLong);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, 7);
  EXPECT_EQ(end->text(), "exited with code 7");
  EXPECT_EQ(process->log().tail(100), "out\nerr\n");
  EXPECT_FALSE(process->running());
}

TEST(Process, DeathBySignalIsTold) {
  auto process = Process::launch(shell("kill -SEGV $$; sleep 100"));
  ASSERT_TRUE(process);
  const auto end = process->wait(kLong);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->signal, SIGSEGV);
  EXPECT_EQ(end->code, 128 + SIGSEGV);
}

TEST(Process, StopIsCleanWhenSigtermIsObeyed) {
  auto process = Process::launch(shell("trap 'echo bye; exit 0' TERM; echo up; sleep 100 & wait"));
  ASSERT_TRUE(process);
  await_first_words(*process);
  const StopOutcome outcome = process->stop(kLong);
  EXPECT_FALSE(outcome.killed);
  ASSERT_TRUE(outcome.end);
  EXPECT_EQ(outcome.end->code, 0);
  EXPECT_EQ(process->log().tail(4), "bye\n");
}

TEST(Process, IgnoredSigtermEndsInKill) {
  auto process = Process::launch(shell("trap '' TERM; echo up; while :; do sleep 1; done"));
  ASSERT_TRUE(process);
  await_first_words(*process);
  const pid_t pid = process->pid();
  const StopOutcome outcome = process->stop(50ms);
  EXPECT_TRUE(outcome.killed);
  ASSERT_TRUE(outcome.end);
  EXPECT_EQ(outcome.end->signal, SIGKILL);
  EXPECT_TRUE(gone(pid));
}

/// A signal takes a moment to arrive.
bool becomes_stopped(pid_t pid, bool stopped) {
  for (int i = 0; i < 2000; ++i) {
    const auto stat = process_stat(pid);
    if (stat && (stat->state == 'T') == stopped) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

TEST(Process, FreezingStopsTheWholeTreeAndThawingLetsItGoOn) {
  auto process = Process::launch(shell("sleep 100 & sleep 100 & echo up; wait"));
  ASSERT_TRUE(process);
  await_first_words(*process);
  process->freeze();
  const std::vector<pid_t> tree = process->tree();
  EXPECT_GE(tree.size(), 3U);
  for (const pid_t pid : tree) EXPECT_TRUE(becomes_stopped(pid, true)) << pid;
  process->thaw();
  for (const pid_t pid : tree) EXPECT_TRUE(becomes_stopped(pid, false)) << pid;
  process->freeze();
  EXPECT_FALSE(process->stop(kLong).killed) << "what is frozen obeys SIGTERM all the same";
  EXPECT_TRUE(gone(tree.front()));
}

TEST(Process, AbandonCutsTheGraceShort) {
  auto process = Process::launch(shell("trap '' TERM; echo up; while :; do sleep 1; done"));
  ASSERT_TRUE(process);
  await_first_words(*process);
  EXPECT_TRUE(process->stop(kLong, [] { return true; }).killed);
}

// A grandchild in a session of its own whose parent has gone: what a daemon does.
std::string daemon_script(const std::string& pid_file) {
  return "(setsid sh -c 'echo $$ > " + pid_file +
         "; trap \"\" TERM HUP; while :; do sleep 1; done' &) ;";
}

TEST(Process, DaemonsOfTheProgramAreInItsTreeAndGoWithIt) {
  const std::string file = scratch("daemon-stop");
  auto process = Process::launch(shell(daemon_script(file) + "sleep 100"));
  ASSERT_TRUE(process);
  const pid_t daemon = number_in(file);
  ASSERT_GT(daemon, 0);
  const auto tree = process->tree();
  EXPECT_NE(std::find(tree.begin(), tree.end(), daemon), tree.end());
  process->stop(kLong);
  EXPECT_TRUE(gone(daemon));
}

TEST(Process, DaemonsGoWhenTheProgramEndsByItself) {
  const std::string file = scratch("daemon-exit");
  auto process = Process::launch(
      shell(daemon_script(file) + "while [ ! -s " + file + " ]; do sleep 0.01; done; exit 3"));
  ASSERT_TRUE(process);
  EXPECT_EQ(process->wait(kLong)->code, 3);
  EXPECT_TRUE(gone(number_in(file)));
}

TEST(Process, NothingIsLeftWhenTheDriverIsKilled) {
  const std::string file = scratch("daemon-driver");
  const std::string pid_file = scratch("program-driver");
  const pid_t driver = fork();
  if (driver == 0) {
    auto process =
        Process::launch(shell("echo $$ > " + pid_file + ";" + daemon_script(file) + "sleep 100"));
    pause();
    _exit(process ? 0 : 1);
  }
  const pid_t daemon = number_in(file);
  const pid_t program = number_in(pid_file);
  ASSERT_GT(daemon, 0);
  kill(driver, SIGKILL);
  waitpid(driver, nullptr, 0);
  EXPECT_TRUE(gone(program));
  EXPECT_TRUE(gone(daemon));
}

TEST(Process, TheProgramGoesWithItsKeeper) {
  auto process = Process::launch(shell("exec sleep 100"));
  ASSERT_TRUE(process);
  kill(process->keeper(), SIGKILL);
  const auto end = process->wait(kLong);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->signal, SIGKILL);
  EXPECT_TRUE(gone(process->pid()));
}

TEST(Process, MemoryOfTheLogIsBoundedAndItsEndIsKept) {
  auto process = Process::launch(shell("yes 0123456789012345 | head -c 8000000; echo last"));
  ASSERT_TRUE(process);
  ASSERT_TRUE(process->wait(kLong));
  auto log = OutputLog::make();
  ASSERT_TRUE(log);
  const std::string line(4095, 'x');
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(write(log->descriptor(), (line + "\n").data(), 4096), 4096);
  }
  log->trim(8192);
  struct stat facts {};
  fstat(log->descriptor(), &facts);
  EXPECT_LE(facts.st_blocks * 512, 4 * 8192);
  EXPECT_EQ(log->written(), 4'096'000U);
  EXPECT_EQ(log->tail(3), "xx\n");
  EXPECT_LE(log->tail(1'000'000).size(), 2 * 8192U);
  EXPECT_EQ(process->log().tail(5), "last\n");
}

TEST(Process, EnvironmentIsTheOneGivenWithoutTheCallersTracing) {
  setenv("OTEL_SERVICE_NAME", "callers", 1);
  setenv("TRACETAX_STATE", "callers", 1);
  setenv("KEPT", "yes", 1);
  LaunchSpec spec = shell("echo $OTEL_SERVICE_NAME.$TRACETAX_STATE.$KEPT.$MINE");
  spec.environment["MINE"] = "a b=c";
  auto process = Process::launch(spec);
  ASSERT_TRUE(process);
  process->wait(kLong);
  EXPECT_EQ(process->log().tail(100), "..yes.a b=c\n");
}

TEST(Process, RunsWhereAndHowItWasAsked) {
  LaunchSpec spec = shell("pwd; taskset -pc $$ | sed 's/.*: //'");
  spec.working_dir = "/usr";
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  int cpu = 0;
  while (!CPU_ISSET(static_cast<std::size_t>(cpu), &allowed)) ++cpu;
  spec.cpus = {cpu};
  auto process = Process::launch(spec);
  ASSERT_TRUE(process) << process.error().message;
  process->wait(kLong);
  EXPECT_EQ(process->log().tail(100), "/usr\n" + std::to_string(cpu) + "\n");
}

TEST(Process, HasASessionOfItsOwnOrTheDrivers) {
  LaunchSpec spec = shell("sleep 1000");
  const auto apart = Process::launch(spec);
  spec.same_session = true;
  const auto same = Process::launch(spec);
  ASSERT_TRUE(apart && same);
  EXPECT_EQ(getsid(apart->pid()), apart->pid());
  EXPECT_EQ(getsid(same->pid()), getsid(0));
  for (const auto* process : {&*apart, &*same}) EXPECT_EQ(getpgid(process->pid()), process->pid());
}

TEST(Process, CpuThatDoesNotExistIsAnError) {
  LaunchSpec spec = shell("true");
  spec.cpus = {1000};
  EXPECT_FALSE(Process::launch(spec));
}

TEST(Process, SignalsAreAtTheirDefaultInTheProgram) {
  signal(SIGPIPE, SIG_IGN);
  auto process = Process::launch(shell("kill -PIPE $$; sleep 100"));
  ASSERT_TRUE(process);
  EXPECT_EQ(process->wait(kLong)->signal, SIGPIPE);
}

TEST(Process, PipesCarryBothWays) {
  LaunchSpec spec = shell("read line; echo got $line; echo noise >&2; cat");
  spec.stdio = Stdio::piped;
  auto process = Process::launch(spec);
  ASSERT_TRUE(process);
  const int in = process->take_input();
  const int out = process->take_output();
  ASSERT_EQ(write(in, "one\n", 4), 4);
  char text[64];
  const ssize_t size = read(out, text, sizeof text);
  EXPECT_EQ(std::string(text, static_cast<std::size_t>(size)), "got one\n");
  close(in);  // cat sees the end
  EXPECT_EQ(process->wait(kLong)->code, 0);
  EXPECT_EQ(process->log().tail(100), "noise\n");
  close(out);
}

TEST(Process, ProgramInheritsNoDescriptors) {
  const int leaked = open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as a careless library would
  auto process = Process::launch(shell("ls /proc/$$/fd"));
  ASSERT_TRUE(process);
  process->wait(kLong);
  close(leaked);
  EXPECT_EQ(process->log().tail(100), "0\n1\n2\n");
}

}  // namespace
}  // namespace tracetax
