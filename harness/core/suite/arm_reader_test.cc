// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/arm_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace tracetax {
namespace {

struct Read {
  std::vector<ArmSpec> arms;
  std::string mistakes;
};

Read read(std::string_view text) {
  TargetSpec gin, mine, live;
  gin.name = "gin";
  mine.name = "mine";
  mine.kind = TargetKind::command;
  live.name = "live";
  live.kind = TargetKind::attached;
  Mistakes mistakes("");
  Read result;
  result.arms = read_arms(Json::parse(text), "/arms", {gin, mine, live}, {}, mistakes);
  if (!mistakes.empty()) result.mistakes = mistakes.error().message;
  return result;
}

// What is wrong with `arm` after a good "off".
std::string mistakes_of(std::string_view arm) {
  return read(fmt::format(R"(["off", {}])", arm)).mistakes;
}

TEST(ReadArms, ShorthandsSayRoleStateAndRate) {
  const auto [arms, mistakes] = read(R"(["off", "off2", "on@1%", "on@0.5"])");
  EXPECT_EQ(mistakes, "");
  ASSERT_EQ(arms.size(), 4U);
  EXPECT_EQ(arms[0].role, ArmRole::off);
  EXPECT_EQ(arms[0].state, std::nullopt);
  EXPECT_EQ(arms[1].role, ArmRole::sham);
  EXPECT_EQ(arms[2].role, ArmRole::traced);
  EXPECT_EQ(arms[2].name, "on@1%");
  EXPECT_EQ(arms[2].state, TracingState::exporting);
  EXPECT_EQ(arms[2].rate.share(), 0.01);
  EXPECT_EQ(arms[3].rate.share(), 0.5);
}

TEST(ReadArms, ObjectsSayEverything) {
  const auto [arms, mistakes] =
      read(R"([{"name": "base", "role": "off", "state": "noop"}, {"name": "drop", "state": "drop"},
      {"name": "rec", "state": "record", "rate": "10%", "env": {"A": "1"},
       "per_target": {"gin": {"env": {"B": "2"}, "args": ["--x"]}, "mine": {"command": ["y"]}}}])");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(arms[0].role, ArmRole::off);
  EXPECT_EQ(arms[0].state, TracingState::noop);
  EXPECT_EQ(arms[1].state, TracingState::drop);
  EXPECT_EQ(arms[1].rate.share(), 0);
  EXPECT_EQ(arms[2].rate.share(), 0.1);
  EXPECT_EQ(arms[2].env.at("A"), "1");
  EXPECT_EQ(arms[2].per_target.at("gin").env.at("B"), "2");
  EXPECT_EQ(arms[2].per_target.at("gin").args, std::vector<std::string>{"--x"});
  EXPECT_EQ(arms[2].per_target.at("gin").command, std::nullopt);
  EXPECT_EQ(arms[2].per_target.at("mine").command, std::vector<std::string>{"y"});
}

TEST(ReadArms, AnArmMayChooseTheProtocolAndAShamGetsThatOfTheOffArm) {
  const auto [arms, mistakes] = read(
      R"([{"name": "off", "otlp": "grpc"}, "off2", {"name": "on@10%", "otlp": "http/protobuf"}])");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(arms[1].otlp, OtlpProtocol::grpc);
  EXPECT_EQ(arms[2].otlp, OtlpProtocol::http_protobuf);
  EXPECT_NE(mistakes_of(R"({"name": "off2", "role": "sham", "otlp": "grpc"})"), "");
  EXPECT_NE(mistakes_of(R"({"name": "on@1%", "otlp": "grcp"})").find("did you mean 'grpc'?"),
            std::string::npos);
}

TEST(ReadArms, AnArmOfATopologyMayCountItsSpans) {
  TargetSpec edge;
  edge.name = "edge";
  edge.system = std::make_shared<const SystemSpec>();
  Mistakes mistakes("");
  const auto arms = read_arms(
      Json::parse(R"(["off", {"name": "counted", "rate": "100%", "counts_spans": true}, "on@1%"])"),
      "/arms", {edge}, {}, mistakes);
  EXPECT_TRUE(mistakes.empty()) << mistakes.error().message;
  EXPECT_TRUE(arms[1].counts_spans);
  EXPECT_FALSE(arms[2].counts_spans);
  EXPECT_EQ(mistakes_of(R"({"name": "on@1%", "counts_spans": true})"),
            "arms[1].counts_spans: does not fit 'gin', which has no \"topology\"");
  EXPECT_EQ(
      mistakes_of(R"({"name": "rec", "state": "record", "rate": "1%", "counts_spans": true})"),
      "arms[1].counts_spans: does not fit a state in which nothing is exported");
}

TEST(ReadArms, ATracedArmMayNameASamplerWithAnArgument) {
  const auto [arms, mistakes] = read(
      R"(["off", {"name": "on@10%", "sampler": {"name": "traceidratio", "arg": "0.2"}}, "on@1%",
          {"name": "rec", "state": "record", "rate": "1%", "sampler": {"name": "always_on"}}])");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(arms[1].sampler.value().name, "traceidratio");
  EXPECT_EQ(arms[1].sampler.value().argument, "0.2");
  EXPECT_FALSE(arms[2].sampler);
  EXPECT_EQ(arms[3].sampler.value().argument, "");
  EXPECT_EQ(mistakes_of(R"({"name": "drop", "state": "drop", "sampler": {"name": "always_on"}})"),
            "arms[1].sampler: does not fit a state in which nothing is sampled");
  EXPECT_EQ(mistakes_of(R"({"name": "off2", "sampler": {"name": "always_on"}})"),
            "arms[1].sampler: does not fit a sham arm, which is a copy of the off arm");
  EXPECT_EQ(read(R"([{"name": "off", "sampler": {"name": "always_on"}}])").mistakes,
            "arms[0].sampler: does not fit an off arm, which samples nothing");
  EXPECT_EQ(mistakes_of(R"({"name": "on@1%", "sampler": {"arg": "1"}})"),
            "arms[1].sampler: 'name' is missing; write \"name\": \"traceidratio\"; see `tracetax "
            "list samplers`");
  EXPECT_EQ(mistakes_of(R"({"name": "on@1%", "sampler": {"name": ""}})"),
            "arms[1].sampler.name: names no sampler");
  EXPECT_NE(mistakes_of(R"({"name": "on@1%", "sampler": {"name": "x", "args": "1"}})")
                .find("did you mean 'arg'?"),
            std::string::npos);
}

TEST(ReadArms, ANameLikeOnAtRateNeedsNoRate) {
  const auto [arms, mistakes] = read(R"(["off", {"name": "on@10%", "state": "record"}])");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(arms[1].rate.share(), 0.1);
}

TEST(ReadArms, ANameThatPromisesAnotherRateIsAMistake) {
  EXPECT_EQ(mistakes_of(R"({"name": "on@10%", "rate": "1%"})"),
            "arms[1].rate: is 1%, but the arm is called 'on@10%'");
  EXPECT_EQ(mistakes_of(R"({"name": "on@10%", "rate": "0.1"})"), "");
}

TEST(ReadArms, ATracedArmMaySayWhatItKeeps) {
  const auto [arms, mistakes] = read(
      R"(["off", {"name": "tail", "rate": "100%", "keeps": {"error": "100%", "vip": "0%",
         "rest": "10%", "at_most": "2.5/s"}}, {"name": "on@1%", "keeps": {"error": "1%"}}])");
  EXPECT_EQ(mistakes, "");
  ASSERT_EQ(arms.size(), 3U);
  ASSERT_TRUE(arms[1].keeps && arms[2].keeps);
  const auto share = [&arms](std::size_t arm, RequestClass of) {
    return arms[arm].keeps->share[static_cast<std::size_t>(of)];
  };
  EXPECT_EQ(share(1, RequestClass::error), 1);
  EXPECT_EQ(share(1, RequestClass::vip), 0);
  EXPECT_EQ(share(1, RequestClass::normal), 0.1);
  EXPECT_EQ(share(1, RequestClass::late), 0.1);
  EXPECT_EQ(arms[1].keeps->at_most_per_s, 2.5);
  EXPECT_EQ(share(2, RequestClass::error), 0.01);
  EXPECT_EQ(share(2, RequestClass::normal), std::nullopt);
}

TEST(ReadArms, MistakesInWhatIsKeptAreToldTogether) {
  const std::string told = mistakes_of(
      R"({"name": "on@1%", "keeps": {"eror": "1%", "vip": "200%", "at_most": "often"}})");
  EXPECT_NE(told.find("eror"), std::string::npos) << told;
  EXPECT_NE(told.find("keeps.vip"), std::string::npos) << told;
  EXPECT_NE(told.find("keeps.at_most"), std::string::npos) << told;
  EXPECT_NE(mistakes_of(R"({"name": "drop", "state": "drop", "keeps": {"rest": "0%"}})")
                .find("nothing is exported"),
            std::string::npos);
  EXPECT_NE(mistakes_of(R"({"name": "off2", "keeps": {"rest": "0%"}})").find("sham"),
            std::string::npos);
  EXPECT_NE(read(R"([{"name": "off", "keeps": {"rest": "0%"}}])").mistakes.find("off arm"),
            std::string::npos);
}

TEST(ReadArms, AShamArmIsACopyOfOff) {
  const auto [arms, mistakes] = read(
      R"([{"name": "off", "state": "drop", "env": {"A": "1"}, "per_target": {"gin": {"args": ["x"]}}}, "off2"])");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(arms[1].role, ArmRole::sham);
  EXPECT_EQ(arms[1].state, TracingState::drop);
  EXPECT_EQ(arms[1].env.at("A"), "1");
  EXPECT_EQ(arms[1].per_target.at("gin").args, std::vector<std::string>{"x"});
  EXPECT_EQ(mistakes_of(R"({"name": "off2", "env": {}})"),
            "arms[1].env: does not fit a sham arm, which is a copy of the off arm");
}

TEST(ReadArms, OffComesFirstAndOnce) {
  constexpr const char* kWhy =
      "arms: the first arm must be \"off\": every other one is compared with it";
  EXPECT_EQ(read("[]").mistakes, kWhy);
  EXPECT_EQ(read(R"(["off2", "on@1%"])").mistakes, kWhy);
  EXPECT_EQ(mistakes_of(R"({"name": "again", "role": "off"})"),
            "arms[1]: is a second off arm; for a copy that shows the noise write \"off2\"");
}

TEST(ReadArms, NamesAreUnique) {
  EXPECT_EQ(mistakes_of(R"("on@1%", "on@1%")"),
            "arms[2]: the arm 'on@1%' stands here a second time");
}

TEST(ReadArms, AnOffArmDoesNotTrace) {
  EXPECT_EQ(read(R"([{"name": "off", "state": "export"}])").mistakes,
            "arms[0].state: an off arm does not trace: its state is absent, noop or drop");
  EXPECT_EQ(read(R"([{"name": "off", "rate": "1%"}])").mistakes,
            "arms[0].rate: does not fit an off arm, which samples nothing");
}

TEST(ReadArms, TracedArmsNeedARate) {
  EXPECT_EQ(mistakes_of(R"({"name": "x"})"),
            "arms[1]: 'rate' is missing; write the share of requests to sample, such as \"10%\"");
  EXPECT_EQ(mistakes_of(R"({"name": "x", "state": "noop"})"), "");
  EXPECT_NE(mistakes_of(R"({"name": "x", "rate": "0%"})").find("samples nothing"),
            std::string::npos);
  EXPECT_NE(mistakes_of(R"("on@0%")").find("samples nothing"), std::string::npos);
  EXPECT_NE(mistakes_of(R"({"name": "on@0%"})").find("samples nothing"), std::string::npos);
}

TEST(ReadArms, OtherTextsAreExplained) {
  EXPECT_EQ(mistakes_of(R"("oof2")"),
            "arms[1]: 'oof2' is no arm by itself; did you mean 'off2'? write \"off\", \"off2\" or "
            "\"on@RATE\", such as "
            "\"on@1%\", or an object with a \"name\"");
  EXPECT_EQ(mistakes_of(R"("on@3")"), "arms[1]: '3' is not between 0 and 1; did you mean 3%?");
  EXPECT_EQ(mistakes_of(R"({"name": "on@x"})"),
            "arms[1].name: 'x' is not a sample rate: write a percentage such as 1%, or a share "
            "such as 0.01");
  EXPECT_NE(mistakes_of(R"("on@1 %")").find("is not a name"), std::string::npos);
  EXPECT_NE(mistakes_of("5").find("arms[1]: expected an arm, found the number 5"),
            std::string::npos);
}

TEST(ReadArms, OverridesNameATargetAndFitIt) {
  const auto override_mistake = [](const char* overrides) {
    return mistakes_of(
        fmt::format(R"({{"name": "x", "rate": "1%", "per_target": {}}})", overrides));
  };
  EXPECT_EQ(
      override_mistake(R"({"gim": {}})"),
      "arms[1].per_target.gim: unknown target 'gim'; did you mean 'gin'? known: gin, mine, live");
  EXPECT_EQ(override_mistake(R"({"gin": {"command": ["x"]}})"),
            "arms[1].per_target.gin.command: does not fit an emulated target; give it \"args\"");
  EXPECT_EQ(override_mistake(R"({"mine": {"args": ["x"]}})"),
            "arms[1].per_target.mine.args: does not fit a command; give the whole \"command\"");
  EXPECT_NE(override_mistake(R"({"mine": {"command": []}})").find("names no program"),
            std::string::npos);
  EXPECT_EQ(override_mistake(R"({"live": {}})"),
            "arms[1].per_target.live: 'live' already runs; an arm cannot change it");
  EXPECT_NE(override_mistake(R"({"gin": {"arg": []}})").find("did you mean 'args'"),
            std::string::npos);
}

TEST(ReadArms, AtMostSixteen) {
  std::string text = R"(["off")";
  for (int i = 1; i <= 15; ++i) text += fmt::format(R"(, "on@{}%")", i);
  EXPECT_EQ(read(text + "]").mistakes, "");
  EXPECT_EQ(read(text + R"(, "on@16%"])").mistakes,
            "arms: holds 17 arms; at most 16 fit into a block");
}

}  // namespace
}  // namespace tracetax
