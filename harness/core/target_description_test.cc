// SPDX-License-Identifier: Apache-2.0
#include "harness/core/target_description.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "harness/core/suite/suite_reader.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

constexpr const char* kEmulated = R"([
  {"name": "gin", "models": "gin", "wire": "http", "ready": "http://127.0.0.1:{port}/healthz",
   "spans_per_request": 1, "can_be_absent": true, "samplers": ["always_on", "traceidratio"], "span": {"name": "GET"}},
  {"name": "grpc-chain", "ready": "tcp://127.0.0.1:{port}", "spans_per_request": 3, "can_be_absent": false}])";

constexpr const char* kReal = R"({"name": "gin", "ready": "http://127.0.0.1:{port}/up",
  "spans_per_request": 2, "can_be_absent": false, "samplers": ["always_on"],
  "versions": {"go": "1.26.8"}})";

/// A suite of the target "t", and how often the emulated services were asked.
struct Described {
  explicit Described(std::string_view target, std::string_view arms = R"("off", "on@10%")",
                     const std::string& folder = "") {
    const auto ask = [this] {
      ++asked;
      return read_target_descriptions(kEmulated, "tracetax-target --describe");
    };
    const auto ask_real = [](const std::string& name) -> Result<RealService> {
      if (name != "gin") return failure(ExitCode::usage, "the real " + name + " is not built");
      return read_target_description(kReal, "gin --describe").map([](TargetDescription told) {
        return RealService{"/real/gin", std::move(told)};
      });
    };
    auto read = parse_suite(fmt::format(R"({{"name": "s", "targets": {{"t": {}}},
        "scenarios": {{"get": {{}}}}, "arms": [{}]}})",
                                        target, arms),
                            "s.json", {}, [&](Suite& made, Mistakes& mistakes) {
                              made.folder = folder;
                              return describe_targets(made, ask, ask_real, mistakes);
                            });
    if (read) suite = *std::move(read);
    if (!read) error = read.error();
  }
  [[nodiscard]] const TargetSpec& target() const { return suite.targets.front(); }

  Suite suite;
  int asked = 0;
  Error error;
};

TEST(DescribeTargets, AnEmulatedServiceSaysHowItIsReadyAndWhatItMakes) {
  const Described gin(R"({"emulated": "gin"})");
  EXPECT_EQ(gin.error.message, "");
  EXPECT_EQ(gin.asked, 1);
  EXPECT_EQ(gin.target().ready, "http://127.0.0.1:{port}/healthz");
  EXPECT_EQ(gin.target().spans_per_request, 1);
  EXPECT_TRUE(gin.target().can_be_absent);
  const Described chain(R"({"emulated": "grpc-chain"})");
  EXPECT_EQ(chain.target().ready, "tcp://127.0.0.1:{port}");
  EXPECT_EQ(chain.target().spans_per_request, 3);
  EXPECT_FALSE(chain.target().can_be_absent);
}

TEST(DescribeTargets, ARealServiceSaysTheSameAndBecomesACommand) {
  const Described gin(R"({"real": "gin"})");
  EXPECT_EQ(gin.error.message, "");
  EXPECT_EQ(gin.asked, 0);
  EXPECT_EQ(gin.target().command, (std::vector<std::string>{"/real/gin", "--port", "{port}"}));
  EXPECT_EQ(gin.target().ready, "http://127.0.0.1:{port}/up");
  EXPECT_EQ(gin.target().spans_per_request, 2);
  EXPECT_FALSE(gin.target().can_be_absent);
  const Suite again = parse_suite(gin.suite.resolved.dump(), "result.json", {}).value();
  EXPECT_EQ(again.resolved, gin.suite.resolved);
  EXPECT_EQ(Described(R"({"real": "echo"})").error.message,
            "s.json:1: targets.t.real: the real echo is not built");
  EXPECT_EQ(Described(R"({"real": "gin"})", R"("off", {"name": "on@1%", "sampler": {"name": "x"}})")
                .error.message,
            "s.json:2: arms[1].sampler.name: target 't': unknown sampler 'x'; known: always_on");
}

TEST(DescribeTargets, ThePairHasBothDescriptions) {
  const Described pair(R"({"pair": "gin"})");
  EXPECT_EQ(pair.error.message, "");
  ASSERT_EQ(pair.suite.targets.size(), 2U);
  EXPECT_EQ(pair.suite.targets[0].spans_per_request, 2);
  EXPECT_EQ(pair.suite.targets[1].spans_per_request, 1);
  const Suite again = parse_suite(pair.suite.resolved.dump(), "result.json", {}).value();
  EXPECT_EQ(again.resolved, pair.suite.resolved);
  EXPECT_EQ(again.targets[1].pair, "t");
}

TEST(DescribeTargets, TheSuitesOwnWordGoesFirst) {
  const Described chain(
      R"({"emulated": "grpc-chain", "spans_per_request": 2, "can_be_absent": true})");
  EXPECT_EQ(chain.target().spans_per_request, 2);
  EXPECT_TRUE(chain.target().can_be_absent);
}

// A stored result is read without asking anybody.
TEST(DescribeTargets, WhatIsResolvedNeedsNoDescription) {
  const Described chain(R"({"emulated": "grpc-chain"})");
  const Suite again = parse_suite(chain.suite.resolved.dump(), "result.json", {}).value();
  EXPECT_EQ(again.targets[0].spans_per_request, 3);
  EXPECT_FALSE(again.targets[0].can_be_absent);
  EXPECT_EQ(again.resolved, chain.suite.resolved);
}

TEST(DescribeTargets, AnUnknownServiceIsNamedWithTheNearest) {
  const Described wrong(R"({"emulated": "gni"})");
  EXPECT_EQ(wrong.error.code, ExitCode::usage);
  EXPECT_EQ(wrong.error.message,
            "s.json:1: targets.t.emulated: unknown target 'gni'; did you mean 'gin'? known: gin, "
            "grpc-chain");
}

TEST(DescribeTargets, NobodyIsAskedWithoutAnEmulatedTarget) {
  const Described attached(R"({"attach": "http://127.0.0.1:8080"})");
  EXPECT_EQ(attached.asked, 0);
  EXPECT_EQ(attached.error.message, "");
}

TEST(DescribeTargets, AProgramThatCannotBeAskedIsAnError) {
  Suite suite;
  suite.targets.emplace_back();
  const auto nobody = []() -> Result<TargetDescriptions> {
    return failure(ExitCode::internal, "it is gone");
  };
  Mistakes mistakes("");
  const Status status = describe_targets(suite, nobody, {}, mistakes);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "it is gone");
}

TEST(DescribeTargets, SamplersAreThoseThatTheTargetKnows) {
  const auto with = [](std::string_view sampler, std::string_view rest) {
    return Described(R"({"emulated": "gin"})",
                     fmt::format(R"("off", {{"name": "on@10%", "sampler": {{"name": "{}"}}{}}})",
                                 sampler, rest))
        .error.message;
  };
  EXPECT_EQ(with("always_on", ""), "");
  EXPECT_EQ(with("alway_on", ""),
            "s.json:2: arms[1].sampler.name: target 't': unknown sampler 'alway_on'; did you mean "
            "'always_on'? known: always_on, traceidratio");
  // Another program may know others.
  EXPECT_EQ(with("alway_on", R"(, "per_target": {"t": {"program": "/base/tracetax-target"}})"), "");
  EXPECT_EQ(Described(R"({"command": ["x"], "ready": "tcp://127.0.0.1:1"})",
                      R"("off", {"name": "on@10%", "sampler": {"name": "jaeger_remote"}})")
                .error.message,
            "");
}

class DescriptionFile : public testing::Test {
 protected:
  DescriptionFile() : folder_(testing::TempDir() + "description_test") {
    std::filesystem::create_directories(folder_);
  }
  ~DescriptionFile() override { std::filesystem::remove_all(folder_); }
  Described with_file(std::string_view content, std::string_view target) {
    EXPECT_TRUE(write_file(folder_ + "/mine.json", content));
    return Described(target, R"("off", "on@10%")", folder_);
  }
  std::string folder_;
};

constexpr const char* kMine =
    R"({"ready": "tcp://127.0.0.1:{port}", "spans_per_request": 5, "can_be_absent": true})";

TEST_F(DescriptionFile, StandsInForWhatTheSuiteLeavesOpen) {
  const Described mine =
      with_file(kMine, R"({"command": ["x", "{port}"], "describe": "mine.json"})");
  EXPECT_EQ(mine.error.message, "");
  EXPECT_EQ(mine.asked, 0);
  EXPECT_EQ(mine.target().ready, "tcp://127.0.0.1:{port}");
  EXPECT_EQ(mine.target().spans_per_request, 5);
  EXPECT_TRUE(mine.target().can_be_absent);
  const Described own = with_file(kMine, R"({"command": ["x", "{port}"], "describe": "mine.json",
      "ready": "http://127.0.0.1:{port}/up", "spans_per_request": 0, "can_be_absent": false})");
  EXPECT_EQ(own.target().ready, "http://127.0.0.1:{port}/up");
  EXPECT_EQ(own.target().spans_per_request, 0);
  EXPECT_FALSE(own.target().can_be_absent);
}

TEST_F(DescriptionFile, OfAnAttachedTargetTellsItsSpans) {
  const Described live =
      with_file(kMine, R"({"attach": "http://127.0.0.1:8080", "describe": "mine.json"})");
  EXPECT_EQ(live.target().spans_per_request, 5);
  EXPECT_EQ(live.target().ready, "");
}

TEST_F(DescriptionFile, MistakesAreToldWithTheirPlace) {
  constexpr const char* kTarget = R"({"command": ["x", "{port}"], "describe": "mine.json"})";
  EXPECT_EQ(with_file(R"({"spans_per_request": 1})", kTarget).error.message,
            "s.json:1: targets.t: 'ready' is missing here and in 'mine.json'; write the URL that "
            "answers once it runs, such as \"http://127.0.0.1:{port}/healthz\"");
  EXPECT_EQ(
      with_file(kMine, R"({"command": ["x"], "describe": "mine.json"})").error.message,
      "s.json:1: targets.t.ready: holds {port}, but neither \"command\" nor \"env\" tells the "
      "program its port; put {port} there too");
  const std::string unknown = with_file("{\n\"redy\": \"x\"}", kTarget).error.message;
  EXPECT_NE(unknown.find("mine.json:2: redy: "), std::string::npos) << unknown;
  EXPECT_NE(unknown.find("did you mean 'ready'?"), std::string::npos) << unknown;
  const Described none(R"({"command": ["x", "{port}"], "describe": "none.json"})",
                       R"("off", "on@10%")", folder_);
  EXPECT_EQ(none.error.code, ExitCode::usage);
  EXPECT_NE(none.error.message.find("none.json"), std::string::npos);
}

TEST(TargetDescriptions, AreAList) {
  EXPECT_FALSE(read_target_descriptions(R"({"name": "gin"})", "x"));
  EXPECT_FALSE(read_target_descriptions("not JSON", "x"));
  EXPECT_EQ(read_target_descriptions(kEmulated, "x").value().size(), 2U);
}

}  // namespace
}  // namespace tracetax
