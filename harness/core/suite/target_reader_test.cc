// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/target_reader.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

struct Read {
  std::vector<TargetSpec> targets;
  std::string mistakes;
};

// One target called "t".
Read read(std::string_view target) {
  const Json value = Json::parse(fmt::format(R"({{"t": {}}})", target));
  Mistakes mistakes("");
  Read result;
  result.targets = read_targets(value, "", mistakes);
  if (!mistakes.empty()) result.mistakes = mistakes.error().message;
  return result;
}

TEST(ReadTargets, AnEmulatedTargetIsKnownByItsName) {
  const auto [targets, mistakes] =
      read(R"({"emulated": "gin", "args": ["--a"], "env": {"X": "1"}})");
  EXPECT_EQ(mistakes, "");
  ASSERT_EQ(targets.size(), 1U);
  EXPECT_EQ(targets[0].name, "t");
  EXPECT_EQ(targets[0].kind, TargetKind::emulated);
  EXPECT_EQ(targets[0].framework, "gin");
  EXPECT_EQ(targets[0].args, std::vector<std::string>{"--a"});
  EXPECT_EQ(targets[0].env.at("X"), "1");
  EXPECT_EQ(targets[0].ready, "");  // it says so itself: target_description.h
  EXPECT_TRUE(targets[0].can_be_absent);
  EXPECT_EQ(targets[0].spans_per_request, 1);
}

TEST(ReadTargets, ADescriptionMayStandInForReady) {
  const auto [targets, mistakes] = read(R"({"command": ["x"], "describe": "mine.json"})");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(targets[0].describe, "mine.json");
  EXPECT_EQ(targets[0].ready, "");
  EXPECT_FALSE(targets[0].says_spans);
  EXPECT_EQ(read(R"({"command": ["x"], "describe": ""})").mistakes, "t.describe: names no file");
  EXPECT_EQ(read(R"({"emulated": "gin", "describe": "mine.json"})").mistakes,
            "t.describe: does not fit an emulated target");
}

TEST(ReadTargets, TheProtocolOfATargetGoesBeforeTheSuites) {
  EXPECT_EQ(read(R"({"emulated": "gin"})").targets.at(0).otlp, std::nullopt);
  EXPECT_EQ(read(R"({"emulated": "gin", "otlp": "grpc"})").targets.at(0).otlp, OtlpProtocol::grpc);
  EXPECT_EQ(
      read(
          R"({"command": ["s", "{port}"], "ready": "tcp://127.0.0.1:{port}", "otlp": "http/protobuf"})")
          .targets.at(0)
          .otlp,
      OtlpProtocol::http_protobuf);
  EXPECT_NE(read(R"({"emulated": "gin", "otlp": "http/xml"})").mistakes, "");
  EXPECT_NE(
      read(R"({"attach": "http://127.0.0.1:80", "otlp": "grpc"})").mistakes.find("has no effect"),
      std::string::npos);
}

TEST(ReadTargets, ACommandTellsHowItBecomesReady) {
  const auto [targets, mistakes] =
      read(R"({"command": ["python3", "s.py", "{port}"], "ready": "http://127.0.0.1:{port}/",
      "ready_within": "3s", "stop_within": "5s", "spans_per_request": 0, "working_dir": "sub"})");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(targets[0].kind, TargetKind::command);
  EXPECT_EQ(targets[0].command.size(), 3U);
  EXPECT_EQ(targets[0].ready_within, 3s);
  EXPECT_EQ(targets[0].stop_within, 5s);
  EXPECT_EQ(targets[0].spans_per_request, 0);
  EXPECT_EQ(targets[0].working_dir, "sub");
  EXPECT_FALSE(targets[0].can_be_absent);
}

TEST(ReadTargets, ACommandMayKnowTheAbsentState) {
  EXPECT_TRUE(
      read(
          R"({"command": ["x", "{port}"], "ready": "tcp://127.0.0.1:{port}", "can_be_absent": true})")
          .targets[0]
          .can_be_absent);
}

TEST(ReadTargets, AnAttachedTargetHasAUrlAndMaybeAPid) {
  const auto [targets, mistakes] = read(R"({"attach": "http://127.0.0.1:8080", "pid": 1234})");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(targets[0].kind, TargetKind::attached);
  EXPECT_EQ(targets[0].url, "http://127.0.0.1:8080");
  EXPECT_EQ(targets[0].pid, 1234);
  EXPECT_EQ(read(R"({"attach": "http://127.0.0.1:8080"})").targets[0].pid, std::nullopt);
}

TEST(ReadTargets, ExactlyOneKindIsNeeded) {
  constexpr const char* kWhy =
      "t: needs exactly one of \"emulated\": NAME, \"command\": [PROGRAM, ...], \"attach\": URL "
      "and "
      "\"services\" with a front";
  EXPECT_EQ(read("{}").mistakes, kWhy);
  EXPECT_EQ(read(R"({"emulated": "gin", "attach": "http://127.0.0.1:80"})").mistakes, kWhy);
  EXPECT_EQ(read("5").mistakes, "t: expected an object, found the number 5");
}

TEST(ReadTargets, FieldsOfOtherKindsAreRefusedWithTheReason) {
  EXPECT_EQ(read(R"({"emulated": "gin", "ready": "tcp://127.0.0.1:1"})").mistakes,
            "t.ready: does not fit an emulated target");
  EXPECT_EQ(read(R"({"command": ["x"], "ready": "tcp://127.0.0.1:1", "args": []})").mistakes,
            "t.args: does not fit a command; put the arguments into \"command\"");
  EXPECT_EQ(read(R"({"attach": "http://127.0.0.1:80", "env": {}})").mistakes,
            "t.env: has no effect on a target that already runs");
}

TEST(ReadTargets, CommandsAreChecked) {
  EXPECT_NE(read(R"({"command": [], "ready": "tcp://127.0.0.1:1"})")
                .mistakes.find("t.command: names no program"),
            std::string::npos);
  EXPECT_NE(read(R"({"command": [""], "ready": "tcp://127.0.0.1:1"})")
                .mistakes.find("t.command: names no program"),
            std::string::npos);
  EXPECT_EQ(read(R"({"command": "python3 s.py", "ready": "tcp://127.0.0.1:1"})").mistakes,
            "t.command: expected an array, found the text 'python3 s.py'");
  EXPECT_EQ(read(R"({"command": ["a\u0000b"], "ready": "tcp://127.0.0.1:1"})").mistakes,
            "t.command: an argument cannot hold a NUL character");
  EXPECT_EQ(read(R"({"command": ["x"]})").mistakes,
            "t: 'ready' is missing; write the URL that answers once it runs, such as "
            "\"http://127.0.0.1:{port}/healthz\"");
}

TEST(ReadTargets, APortThatIsProbedMustReachTheProgram) {
  constexpr const char* kReady = "\"ready\": \"tcp://127.0.0.1:{port}\"";
  EXPECT_EQ(read(fmt::format(R"({{"command": ["x"], {}}})", kReady)).mistakes,
            "t.ready: holds {port}, but neither \"command\" nor \"env\" tells the program its "
            "port; put {port} there too");
  EXPECT_EQ(read(fmt::format(R"({{"command": ["x"], "env": {{"PORT": "{{port}}"}}, {}}})", kReady))
                .mistakes,
            "");
  EXPECT_EQ(read(R"({"command": ["x"], "ready": "tcp://127.0.0.1:8080"})").mistakes, "");
}

TEST(ReadTargets, LimitsTurnWhereTheySay) {
  EXPECT_EQ(read(R"({"emulated": "gin", "spans_per_request": 10000})").mistakes, "");
  EXPECT_NE(read(R"({"emulated": "gin", "spans_per_request": 10001})").mistakes, "");
  EXPECT_NE(read(R"({"emulated": "gin", "spans_per_request": -1})").mistakes, "");
  EXPECT_NE(read(R"({"emulated": "gin", "ready_within": "0"})").mistakes, "");
  EXPECT_NE(read(R"({"emulated": "gin", "stop_within": "0s"})").mistakes, "");
  EXPECT_NE(read(R"({"emulated": ""})").mistakes, "");
  EXPECT_NE(
      read(R"({"attach": "https://127.0.0.1:443"})").mistakes.find("https, which is not supported"),
      std::string::npos);
  EXPECT_NE(read(R"({"attach": "http://127.0.0.1:80", "pid": 0})").mistakes, "");
}

TEST(ReadTargets, AtMostThirtyTwo) {
  Json value = Json::object();
  for (int i = 0; i < 33; ++i) value[fmt::format("t{}", i)] = {{"emulated", "gin"}};
  Mistakes mistakes("");
  EXPECT_EQ(read_targets(value, "/targets", mistakes).size(), 32U);
  EXPECT_EQ(mistakes.error().message, "targets: holds more than 32 targets");
}

}  // namespace
}  // namespace tracetax
