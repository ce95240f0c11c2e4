// Suites that extend others, as the reader of suites gives them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite_bases.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "harness/core/suite/suite_reader.h"

namespace tracetax {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBase = R"({
  "name": "base",
  "description": "for all",
  "targets": {"gin": {"emulated": "gin"}, "echo": {"emulated": "echo", "env": {"A": "1", "B": "1"}}},
  "scenarios": {"get": {"path": "/", "headers": {"x": "1"}}},
  "arms": ["off", "off2", "on@1%"],
  "load": {"rate": "2k/s", "connections": 4}
})";

// A folder of suites, gone afterwards.
class ExtendedSuite : public testing::Test {
 protected:
  ExtendedSuite()
      : folder_(fs::temp_directory_path() / fmt::format("tracetax-bases-{}", getpid())) {
    fs::create_directories(folder_ / "below");
    write("base.json", kBase);
  }
  ~ExtendedSuite() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  [[nodiscard]] Result<Suite> read(std::string_view text,
                                   const SuiteOverrides& overrides = {}) const {
    return read_suite(write("own.json", text), overrides);
  }
  [[nodiscard]] std::string message(std::string_view text,
                                    const SuiteOverrides& overrides = {}) const {
    const auto suite = read(text, overrides);
    return suite ? "no error" : suite.error().message;
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  fs::path folder_;
};

TEST_F(ExtendedSuite, MergesObjectsAndReplacesWhatElseItNames) {
  const auto suite = read(R"({"extends": "base.json", "name": "own",
    "targets": {"echo": {"env": {"B": "2", "C": "3"}}, "hertz": {"emulated": "hertz"}},
    "arms": ["off", "on@5%"], "load": {"rate": "1k/s"}})");
  ASSERT_TRUE(suite) << suite.error().message;
  ASSERT_EQ(suite->targets.size(), 3U);
  EXPECT_EQ(suite->targets[0].name, "gin");
  EXPECT_EQ(suite->targets[1].framework, "echo");
  EXPECT_EQ(suite->targets[1].env, (Environment{{"A", "1"}, {"B", "2"}, {"C", "3"}}));
  EXPECT_EQ(suite->targets[2].name, "hertz");
  EXPECT_EQ(suite->arms.size(), 2U);
  EXPECT_EQ(suite->load.levels.at(0), parse_offered_rate("1k/s").value());
  EXPECT_EQ(suite->load.connections, 4);
  // What is written into the result needs no other file.
  const auto again = parse_suite(suite->resolved.dump(), "resolved.json", {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->resolved, suite->resolved);
}

TEST_F(ExtendedSuite, NullTakesAway) {
  const auto suite = read(R"({"extends": "base.json", "name": "own",
    "targets": {"gin": null, "echo": {"env": {"A": null}}}, "load": null})");
  ASSERT_TRUE(suite) << suite.error().message;
  ASSERT_EQ(suite->targets.size(), 1U);
  EXPECT_EQ(suite->targets[0].env, (Environment{{"B", "1"}}));
  EXPECT_EQ(suite->load.levels.at(0), LoadShape{}.levels.at(0));
}

TEST_F(ExtendedSuite, NullForWhatIsNotThereIsToldAsEver) {
  EXPECT_EQ(
      message("{\"extends\": \"base.json\", \"name\": \"own\",\n\"targets\": {\"gim\": null}}"),
      path("own.json") + ":2: targets.gim: expected an object, found null");
}

TEST_F(ExtendedSuite, OfSeveralTheLaterReplacesTheEarlier) {
  write("more.json",
        R"({"extends": "base.json", "targets": {"gin": null, "hertz": {"emulated": "hertz"}},
                         "load": {"rate": "3k/s"}})");
  write("last.json", R"({"load": {"rate": "4k/s"}})");
  const auto suite = read(R"({"extends": ["more.json", "last.json"], "name": "own"})");
  ASSERT_TRUE(suite) << suite.error().message;
  ASSERT_EQ(suite->targets.size(), 2U);
  EXPECT_EQ(suite->targets[1].name, "hertz");
  EXPECT_EQ(suite->load.levels.at(0), parse_offered_rate("4k/s").value());
}

TEST_F(ExtendedSuite, NameAndDescriptionAreItsOwn) {
  EXPECT_TRUE(message(R"({"extends": "base.json"})")
                  .starts_with(path("own.json") + ":1: 'name' is missing"))
      << message(R"({"extends": "base.json"})");
  EXPECT_EQ(read(R"({"extends": "base.json", "name": "own"})")->description, "");
}

TEST_F(ExtendedSuite, BuiltInSuitesGoByName) {
  const auto quick = read_suite("quick", {}).value();
  const auto suite =
      read(R"({"extends": "quick", "name": "quick", "description": ")" + quick.description + "\"}");
  ASSERT_TRUE(suite) << suite.error().message;
  EXPECT_EQ(suite->resolved, quick.resolved);
  EXPECT_NE(message(R"({"extends": "quik", "name": "own"})")
                .find("own.json:1: extends: unknown suite 'quik'; did you mean 'quick'?"),
            std::string::npos);
  EXPECT_NE(
      message(R"({"extends": "quick.json", "name": "own"})").find("quick.json': no such file"),
      std::string::npos);
}

TEST_F(ExtendedSuite, MistakesNameTheFileThatTheyAreIn) {
  write("base.json", R"({"targets": {"gin": {"emulated": "gin"}},
    "scenarios": {"get": {}}, "arms": ["off"],
    "load": {"streams": 0,
             "rate": 5}})");
  const std::string wanted = "expected a whole number from 1 to ";
  EXPECT_EQ(message("{\"extends\": \"base.json\", \"name\": \"own\",\n\"design\": {\"blocks\": 0}}",
                    {.set = {"load.queue=0"}}),
            path("own.json") + ":2: design.blocks: " + wanted + "600, found the number 0\n" +
                path("base.json") + ":3: load.streams: " + wanted + "1000, found the number 0\n" +
                path("base.json") +
                ":4: load.rate: expected a text such as \"5\", found the number 5\n" +
                "--set 'load.queue=0': load.queue: " + wanted + "100000000, found the number 0");
}

TEST_F(ExtendedSuite, ABaseThatIsNoSuiteIsNamed) {
  write("base.json", "{\n\"load\": {},\n\"load\": {}}");
  EXPECT_EQ(message(R"({"extends": "base.json", "name": "own"})"),
            path("own.json") + ":1: extends: " + path("base.json") +
                ":3: the key 'load' stands twice in this object");
  write("base.json", "[]");
  EXPECT_EQ(message(R"({"extends": "base.json", "name": "own"})"),
            path("base.json") + ":1: expected an object, found an array");
  EXPECT_EQ(message(R"({"extends": [], "name": "own"})"),
            path("own.json") + ":1: extends: names no suite");
  EXPECT_EQ(message(R"({"extends": 1, "name": "own"})"),
            path("own.json") + R"(:1: extends: expected a text such as "1", found the number 1)");
}

TEST_F(ExtendedSuite, ACircleIsNamedWithTheWay) {
  write("base.json", "{\n\"extends\": \"below/../own.json\"}");
  EXPECT_EQ(message(R"({"extends": "base.json", "name": "own"})"),
            path("base.json") + ":2: extends: 'below/../own.json' leads back to itself: " +
                path("own.json") + " -> " + path("base.json") + " -> " + path("own.json"));
}

TEST_F(ExtendedSuite, ReadsSixteenFilesAndNoMore) {
  const auto chain_of = [&](int files) {
    for (int i = 1; i < files; ++i) {
      write(fmt::format("{}.json", i), fmt::format(R"({{"extends": "{}.json"}})", i + 1));
    }
    write(fmt::format("{}.json", files), kBase);
    return message(R"({"extends": "1.json", "name": "own"})");
  };
  EXPECT_EQ(chain_of(16), "no error");
  EXPECT_EQ(chain_of(17),
            path("16.json") +
                ":1: extends: '17.json' is one file too many; a suite extends at most 16 in all");
}

TEST_F(ExtendedSuite, PathsAreThoseOfTheFileThatATargetOrAScenarioIsFrom) {
  write("below/base.json",
        R"({"targets": {"mine": {"command": ["./x", "{port}"], "describe": "mine.json"},
      "inside": {"command": ["./x", "{port}"], "ready": "tcp://127.0.0.1:{port}", "working_dir": "sub"}},
    "scenarios": {"get": {"kind": "http"}}, "arms": ["off"]})");
  const auto suite = read(R"({"extends": "below/base.json", "name": "own",
    "targets": {"mine": {"env": {"A": "1"}}, "ours": {"command": ["./x", "{port}"], "ready": "tcp://127.0.0.1:{port}"}},
    "scenarios": {"get": {"path": "/x"}, "own": {}}})");
  ASSERT_TRUE(suite) << suite.error().message;
  EXPECT_EQ(suite->scenarios[0].folder, path("below"));
  EXPECT_EQ(suite->scenarios[1].folder, folder_.string());
  EXPECT_EQ(suite->targets[0].working_dir, path("below"));
  EXPECT_EQ(suite->targets[0].describe, path("below/mine.json"));
  EXPECT_EQ(suite->targets[1].working_dir, path("below/sub"));
  EXPECT_EQ(suite->targets[2].working_dir, "");
}

TEST_F(ExtendedSuite, TheDigestIsOfAllFiles) {
  const auto digest = [&] {
    return read(R"({"extends": "base.json", "name": "own"})")->digest_sha256;
  };
  const std::string before = digest();
  write("base.json", std::string(kBase) + "\n");
  EXPECT_NE(digest(), before);
}

TEST_F(ExtendedSuite, SetChangesWhatABaseSaysAndNotTheBase) {
  EXPECT_EQ(read(R"({"extends": "base.json", "name": "own"})", {.set = {"load.connections=7"}})
                ->load.connections,
            7);
  EXPECT_EQ(message(R"({"extends": "base.json", "name": "own"})", {.set = {"extends=quick"}}),
            "--set 'extends=quick': what a suite extends stands in its file");
}

TEST(BuiltInSuites, ThoseWithMoreFrameworksHaveAllOfThoseWithFewer) {
  const auto names_in = [](const char* name) {
    const auto suite = read_suite(name, {});
    EXPECT_TRUE(suite) << suite.error().message;
    std::set<std::string> names;
    for (const TargetSpec& target : suite->targets) names.insert(target.name);
    return names;
  };
  std::set<std::string> all = names_in("frameworks-http");
  all.merge(names_in("frameworks-grpc"));
  all.erase("grpc-chain");  // no framework
  EXPECT_EQ(names_in("frameworks"), all);
  EXPECT_EQ(names_in("tracing-impact"), all);
  all.erase("dapr");  // its four processes do not reach the rate
  EXPECT_EQ(names_in("span-cost"), all);
}

}  // namespace
}  // namespace tracetax
