// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/running_service.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "harness/run/service/program_choice.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

ServiceLaunch launch_of(const std::string& script) {
  ServiceLaunch launch;
  launch.label = "service db";
  launch.program.argv = {"sh", "-c", script};
  launch.program.environment = inherited_environment();
  launch.ready_within = 5s;
  launch.stop_within = 5s;
  return launch;
}

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(RunningService, FilesPreparationReadinessAndWhatComesAfterInThisOrder) {
  auto folder = DataFolder::make("");
  ASSERT_TRUE(folder);
  const std::string dir = folder->path();
  ServiceLaunch launch = launch_of("echo started >>" + dir + "/log; exec sleep 100");
  launch.folder.emplace(std::move(*folder));
  launch.files = {{"log", "file\n"}};
  launch.prepare = {{"sh", "-c", "echo prepared >>" + dir + "/log"}};
  launch.ready_command = {"sh", "-c",
                          "grep -q started " + dir + "/log && echo ready >>" + dir + "/log"};
  launch.after_ready = {{"sh", "-c", "echo after >>" + dir + "/log"}};
  {
    auto service = RunningService::start(std::move(launch), {});
    ASSERT_TRUE(service) << service.error().message;
    EXPECT_EQ(text_of(dir + "/log"), "file\nprepared\nstarted\nready\nafter\n");
    EXPECT_FALSE(service->ended());
    EXPECT_FALSE(service->stop({}).killed);
  }
  EXPECT_FALSE(fs::exists(dir));
}

TEST(RunningService, AnAskerThatIsKilledLeavesTheFolder) {
  auto folder = DataFolder::make("");
  ASSERT_TRUE(folder);
  const std::string dir = folder->path();
  ServiceLaunch launch = launch_of("exec sleep 100");
  launch.folder.emplace(std::move(*folder));
  // Its own keeper must not take the folder with it.
  launch.ready_command = {
      "sh", "-c", "test -e " + dir + "/second || { touch " + dir + "/second; exec sleep 100; }"};
  launch.ready_within = 20s;
  auto service = RunningService::start(std::move(launch), {});
  ASSERT_TRUE(service) << service.error().message;
  std::this_thread::sleep_for(100ms);
  EXPECT_TRUE(fs::exists(dir + "/second"));
}

TEST(RunningService, WhatFailsIsNamed) {
  ServiceLaunch launch = launch_of("exec sleep 100");
  launch.prepare = {{"sh", "-c", "echo no room; exit 3"}};
  const auto failed = RunningService::start(std::move(launch), {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ExitCode::invalid);
  EXPECT_EQ(failed.error().message,
            "service db 'sh -c echo no room; exit 3' exited with code 3; its last words: no room");
}

TEST(RunningService, ItsOwnSignalStopsIt) {
  ServiceLaunch launch =
      launch_of("trap '' TERM; trap 'exit 7' INT; echo up; while :; do sleep 0.02; done");
  launch.stop_signal = SIGINT;
  auto service = RunningService::start(std::move(launch), {});
  ASSERT_TRUE(service) << service.error().message;
  std::this_thread::sleep_for(200ms);
  const StopOutcome outcome = service->stop({});
  EXPECT_FALSE(outcome.killed);
  EXPECT_EQ(outcome.end->code, 7);
}

TEST(RunAs, OnlyRootChangesTheUser) {
  EXPECT_EQ(run_as("", {"x"}), std::vector<std::string>{"x"});
  const auto argv = run_as("nobody", {"x"});
  EXPECT_EQ(argv.size(), geteuid() == 0 ? 6U : 1U);
  EXPECT_EQ(argv.back(), "x");
  if (geteuid() == 0) {
    EXPECT_EQ(DataFolder::make("no-such-user").error().code, ExitCode::usage);
  }
}

TEST(ProgramChoice, TheFirstThatIsThere) {
  setenv("TRACETAX_TEST_PROGRAM", "/bin/false", 1);
  EXPECT_EQ(choose_program({"$NO_SUCH_VARIABLE", "no-such", "/bin/s*"}, "").value().substr(0, 6),
            "/bin/s");
  EXPECT_EQ(choose_program({"$TRACETAX_TEST_PROGRAM", "sh"}, "").value(), "/bin/false");
  setenv("TRACETAX_REAL", "/bin", 1);
  EXPECT_EQ(choose_program({"{real}/no-such", "{real}/false", "sh"}, "").value(), "/bin/false");
  unsetenv("TRACETAX_REAL");
  const auto none = choose_program({"no-such", "/no/*/such"}, "apt-get install it");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "none of no-such, /no/*/such is here; apt-get install it");
}

RunningService started(ServiceLaunch launch) {
  auto service = RunningService::start(std::move(launch), {});
  EXPECT_TRUE(service) << (service ? "" : service.error().message);
  return std::move(*service);
}

TEST(RunningService, IsAskedOnceMoreWhatToldThatItWasReady) {
  auto folder = DataFolder::make("");
  ASSERT_TRUE(folder);
  const std::string flag = folder->path() + "/up";
  ServiceLaunch launch =
      launch_of("echo early; touch " + flag + "; read word <" + flag + "x || sleep 100");
  launch.folder.emplace(std::move(*folder));
  launch.ready_command = {"test", "-e", flag};
  RunningService service = started(std::move(launch));
  EXPECT_TRUE(service.still_answers({}));
  fs::remove(flag);
  const Status silent = service.still_answers({});
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().message, "service db no longer answers ('test -e " + flag +
                                        "' exited with code 1; its last words: nothing); it wrote "
                                        "nothing since it was ready");
  service.process().kill_tree();
  const Status gone = service.still_answers({});
  ASSERT_FALSE(gone);
  EXPECT_TRUE(gone.error().message.starts_with("service db was ended by signal 9 (Killed)"));
}

TEST(RunningService, WhoHangsIsNotWaitedFor) {
  ServiceLaunch launch = launch_of("exec sleep 100");
  RunningService service = started(std::move(launch));
  EXPECT_TRUE(service.still_answers({})) << "nobody knows what to ask";
  EXPECT_TRUE(service.ask_invariants({}).empty());
}

TEST(RunningService, InvariantsAreWhatCommandsPrint) {
  ServiceLaunch launch = launch_of("exec sleep 100");
  launch.program.environment["SOLD"] = "7";
  launch.ready_within = 2s;
  const auto shell = [](const char* text) { return std::vector<std::string>{"sh", "-c", text}; };
  launch.invariants = {{"sold", shell("echo $SOLD; echo noise >&2; (sleep 100 &)"), "7"},
                       {"lines", shell("printf 'a\\nb\\n\\n'"), "a\nb"},
                       {"nothing", shell(":"), ""},
                       {"wrong", shell("echo 8"), "7"},
                       {"fails", shell("echo 7; echo no table >&2; exit 3"), "7"}};
  const RunningService service = started(std::move(launch));
  const std::vector<InvariantAnswer> answers = service.ask_invariants({});
  ASSERT_EQ(answers.size(), 5U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(answers[static_cast<std::size_t>(i)].seen.holds) << i;
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].breach, "");
  }
  EXPECT_EQ(answers[0].seen.saw, "7");
  EXPECT_EQ(answers[1].seen.saw, "a | b");
  EXPECT_FALSE(answers[3].seen.holds);
  EXPECT_EQ(answers[3].breach, "'sh -c echo 8' of service db must print '7' and printed '8'");
  EXPECT_FALSE(answers[4].seen.holds) << "what fails has not answered";
  EXPECT_NE(answers[4].breach.find("gave no answer: 'sh -c echo 7; echo no table >&2; exit 3' "
                                   "exited with code 3; its last words: no table"),
            std::string::npos)
      << answers[4].breach;
}

}  // namespace
}  // namespace tracetax
