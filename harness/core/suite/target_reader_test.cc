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
  EXPECT_EQ(targets[0].ready, "");  // it says so itself: harness/core/target_description.h
  EXPECT_TRUE(targets[0].can_be_absent);
  EXPECT_EQ(targets[0].spans_per_request, 1);
}

// Kinds and names of what {"gin": TARGET} is read as.
std::string shapes(std::string_view target, const FrameworkChoice& choice) {
  Mistakes mistakes("");
  std::string text;
  for (const TargetSpec& one :
       read_targets(Json::parse(fmt::format(R"({{"gin": {}}})", target)), "", mistakes, choice))
    text += fmt::format("{} {} ({});", one.name, name_of(one.kind), one.pair);
  return mistakes.empty() ? text : mistakes.error().message;
}

TEST(ReadTargets, APairIsTwoTargetsUnderOneName) {
  const auto [targets, mistakes] =
      read(R"({"pair": "gin", "args": ["--a"], "env": {"X": "1"}, "spans_per_request": 2})");
  EXPECT_EQ(mistakes, "");
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_EQ(targets[0].name, "t-real");
  EXPECT_EQ(targets[0].kind, TargetKind::real);
  EXPECT_EQ(targets[1].name, "t-emulated");
  EXPECT_EQ(targets[1].kind, TargetKind::emulated);
  for (const TargetSpec& half : targets) {
    EXPECT_EQ(half.framework, "gin");
    EXPECT_EQ(half.pair, "t");
    EXPECT_EQ(half.args, std::vector<std::string>{"--a"});
    EXPECT_EQ(half.env.at("X"), "1");
    EXPECT_EQ(half.spans_per_request, 2);
  }
  EXPECT_EQ(targets_called(targets, "t").size(), 2U);
  EXPECT_EQ(targets_called(targets, "t-real"), std::vector<std::string>{"t-real"});
  EXPECT_TRUE(targets_called(targets, "x").empty());
  EXPECT_TRUE(targets_called(read(R"({"emulated": "gin"})").targets, "").empty());
}

TEST(ReadTargets, WhatAFrameworkIsFollowsFromWhatIsBuiltAndAskedFor) {
  const std::string emulated = "gin emulated ();", real = "gin real ();";
  const std::string pair = "gin-real real (gin);gin-emulated emulated (gin);";
  struct Case {
    Frameworks as;
    std::string_view key;
    std::string if_built, otherwise;
    bool noted;
  };
  for (const Case& one : {Case{Frameworks::as_written, "emulated", emulated, emulated, false},
                          Case{Frameworks::as_written, "real", real, real, false},
                          Case{Frameworks::as_written, "framework", real, emulated, true},
                          Case{Frameworks::as_written, "pair", pair, emulated, true},
                          Case{Frameworks::real, "emulated", real, emulated, false},
                          Case{Frameworks::real, "framework", real, emulated, true},
                          Case{Frameworks::real, "pair", real, emulated, true},
                          Case{Frameworks::emulated, "framework", emulated, emulated, false},
                          Case{Frameworks::emulated, "real", emulated, emulated, false},
                          Case{Frameworks::emulated, "pair", emulated, emulated, false},
                          Case{Frameworks::pair, "emulated", pair, emulated, false},
                          Case{Frameworks::pair, "framework", pair, emulated, true},
                          Case{Frameworks::pair, "pair", pair, emulated, true}}) {
    const std::string target = fmt::format(R"({{"{}": "gin"}})", one.key);
    std::string noted;
    FrameworkChoice choice{one.as, std::vector<std::string>{"echo", "gin"},
                           [&](const std::string& name) { noted += name; }};
    EXPECT_EQ(shapes(target, choice), one.if_built) << target << int(one.as);
    EXPECT_EQ(noted, "");
    choice.built = {{"echo"}};
    EXPECT_EQ(shapes(target, choice), one.otherwise) << target << int(one.as);
    EXPECT_EQ(noted, one.noted ? "gin" : "") << target << int(one.as);
  }
  EXPECT_EQ(shapes(R"({"pair": "gin"})", {}), pair) << "nobody has looked";
  EXPECT_EQ(shapes(R"({"framework": "gin"})", {}), emulated);
}

TEST(ReadTargets, AHalfOfAPairIsReadBackAsItWasWritten) {
  const FrameworkChoice none{Frameworks::pair, std::vector<std::string>{}, {}};
  EXPECT_EQ(shapes(R"({"real": "gin", "pair": "g"})", none), "gin real (g);");
  EXPECT_EQ(shapes(R"({"emulated": "gin", "pair": "g"})", none), "gin emulated (g);");
  EXPECT_EQ(read(R"({"framework": "gin", "pair": "g"})").mistakes,
            "t.pair: does not fit beside \"framework\"");
  EXPECT_EQ(read(R"({"pair": ""})").mistakes,
            "t.pair: names no service; see `tracetax list targets`");
  EXPECT_NE(read(R"({"pair": "gin", "command": ["x"]})").mistakes.find("needs exactly one of"),
            std::string::npos);
  EXPECT_EQ(read(R"({"real": "gin", "describe": "x"})").mistakes,
            "t.describe: does not fit a real target");
}

TEST(ReadTargets, NoNameOfAHalfStandsTwice) {
  Mistakes mistakes("");
  (void)read_targets(
      Json::parse(R"({"gin-real": {"attach": "http://127.0.0.1:80"}, "gin": {"pair": "gin"}})"), "",
      mistakes);
  ASSERT_FALSE(mistakes.empty());
  EXPECT_EQ(mistakes.error().message, "gin: the target gin-real stands here a second time");
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
      "t: needs exactly one of \"emulated\", \"real\", \"framework\" and \"pair\": NAME, "
      "\"command\": [PROGRAM, ...], \"attach\": URL, \"topology\": FILE "
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

TEST(ReadTargets, AtMostSixtyFour) {
  Json value = Json::object();
  for (int i = 0; i < 65; ++i) value[fmt::format("t{}", i)] = {{"emulated", "gin"}};
  Mistakes mistakes("");
  EXPECT_EQ(read_targets(value, "/targets", mistakes).size(), 64U);
  EXPECT_EQ(mistakes.error().message, "targets: holds more than 64 targets");
}

}  // namespace
}  // namespace tracetax
