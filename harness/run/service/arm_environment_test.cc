// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/arm_environment.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

struct Case {
  Suite suite;
  TargetSpec target;
  ArmSpec arm;
  LaunchFacts facts{
      .target_program = "/bin/tracetax-target", .port = 8080, .sink = {.http = 4318, .grpc = 4317}};

  explicit Case(TracingState state, double share = 1) {
    target.name = "shop";
    target.framework = "gin";
    arm.name = "on";
    arm.state = state;
    arm.rate = SampleRate::make(share).value();
  }
  [[nodiscard]] TargetCommand command() const { return target_command(suite, target, arm, facts); }
};

TEST(ArmEnvironment, ExportIsTheFullPath) {
  const Environment set = Case{TracingState::exporting, 0.1}.command().environment;
  EXPECT_EQ(set.at("TRACETAX_STATE"), "export");
  EXPECT_EQ(set.at("OTEL_SDK_DISABLED"), "false");
  EXPECT_EQ(set.at("OTEL_TRACES_EXPORTER"), "otlp");
  EXPECT_EQ(set.at("OTEL_TRACES_SAMPLER"), "parentbased_always_on");
  EXPECT_EQ(set.count("OTEL_TRACES_SAMPLER_ARG"), 0U);
  EXPECT_EQ(set.at("OTEL_METRICS_EXPORTER"), "none");
  EXPECT_EQ(set.at("OTEL_LOGS_EXPORTER"), "none");
  EXPECT_EQ(set.at("OTEL_SERVICE_NAME"), "shop");
  EXPECT_EQ(set.at("OTEL_PROPAGATORS"), "tracecontext");
  EXPECT_EQ(set.at("OTEL_EXPORTER_OTLP_ENDPOINT"), "http://127.0.0.1:4318");
  EXPECT_EQ(set.at("OTEL_EXPORTER_OTLP_PROTOCOL"), "http/protobuf");
  EXPECT_EQ(set.count("TRACETAX_PAD"), 0U);
}

TEST(ArmEnvironment, PropagatorsAreWhatItsScenariosSend) {
  using enum ContextFormat;
  Case sends{TracingState::exporting};
  sends.suite.scenarios.resize(3);
  sends.suite.scenarios[0].context = {b3multi};
  sends.suite.scenarios[1].context = {w3c, b3multi};
  sends.suite.scenarios[2].context = {jaeger};
  sends.suite.scenarios[2].targets = {"other"};
  EXPECT_EQ(sends.command().environment.at("OTEL_PROPAGATORS"), "b3multi,tracecontext");
}

TEST(ArmEnvironment, AnArmThatCountsSaysForHowLong) {
  Case counts{TracingState::exporting};
  EXPECT_FALSE(counts.command().environment.contains("TRACETAX_COUNT_SPANS"));
  counts.arm.counts_spans = true;
  EXPECT_EQ(counts.command().environment.at("TRACETAX_COUNT_SPANS"), "1s");
}

TEST(ArmEnvironment, EachStepOfTheLadder) {
  const Environment absent = Case{TracingState::absent}.command().environment;
  EXPECT_EQ(absent.at("OTEL_SDK_DISABLED"), "true");
  EXPECT_EQ(absent.at("OTEL_TRACES_EXPORTER"), "none");
  const Environment noop = Case{TracingState::noop}.command().environment;
  EXPECT_EQ(noop.at("TRACETAX_STATE"), "noop");
  EXPECT_EQ(noop.at("OTEL_SDK_DISABLED"), "true");
  const Environment drop = Case{TracingState::drop}.command().environment;
  EXPECT_EQ(drop.at("OTEL_SDK_DISABLED"), "false");
  EXPECT_EQ(drop.at("OTEL_TRACES_SAMPLER"), "always_off");
  const Environment record = Case{TracingState::record}.command().environment;
  EXPECT_EQ(record.at("OTEL_TRACES_SAMPLER"), "parentbased_always_on");
  EXPECT_EQ(record.at("OTEL_TRACES_EXPORTER"), "none");
}

TEST(ArmEnvironment, TheTargetMayDecideByRatio) {
  Case decided{TracingState::exporting, 0.1};
  decided.suite.load.sampling = Sampling::target;
  const Environment set = decided.command().environment;
  EXPECT_EQ(set.at("OTEL_TRACES_SAMPLER"), "traceidratio");
  EXPECT_EQ(set.at("OTEL_TRACES_SAMPLER_ARG"), "0.1");

  decided.target.sampling = Sampling::caller;  // the target's own word goes before the load's
  EXPECT_EQ(decided.command().environment.at("OTEL_TRACES_SAMPLER"), "parentbased_always_on");
}

TEST(ArmEnvironment, AnArmMayNameASampler) {
  Case named{TracingState::record, 0.1};
  named.arm.sampler = {"rate_limited", "100"};
  for (const Sampling sampling : {Sampling::caller, Sampling::target}) {
    named.suite.load.sampling = sampling;
    const Environment set = named.command().environment;
    EXPECT_EQ(set.at("OTEL_TRACES_SAMPLER"), "rate_limited");
    EXPECT_EQ(set.at("OTEL_TRACES_SAMPLER_ARG"), "100");
  }
  named.arm.sampler->argument.clear();
  EXPECT_EQ(named.command().environment.count("OTEL_TRACES_SAMPLER_ARG"), 0U);
}

TEST(ArmEnvironment, LaterWins) {
  Case layers{TracingState::exporting};
  layers.suite.env = {{"A", "suite"}, {"B", "suite"}, {"C", "suite"}, {"OTEL_PROPAGATORS", "none"}};
  layers.target.env = {{"B", "target"}, {"C", "target"}};
  layers.arm.env = {{"C", "arm"}, {"D", "arm"}};
  layers.arm.per_target["shop"].env = {{"D", "both"}};
  layers.arm.per_target["other"].env = {{"A", "not this one"}};
  const Environment set = layers.command().environment;
  EXPECT_EQ(set.at("A"), "suite");
  EXPECT_EQ(set.at("B"), "target");
  EXPECT_EQ(set.at("C"), "arm");
  EXPECT_EQ(set.at("D"), "both");
  EXPECT_EQ(set.at("OTEL_PROPAGATORS"), "none");
}

TEST(ArmEnvironment, OtlpIsTheArmsWordThenTheTargetsThenTheSuites) {
  Case layers{TracingState::exporting};
  const auto protocol = [&] {
    return layers.command().environment.at("OTEL_EXPORTER_OTLP_PROTOCOL");
  };
  const auto endpoint = [&] {
    return layers.command().environment.at("OTEL_EXPORTER_OTLP_ENDPOINT");
  };
  layers.suite.otlp = OtlpProtocol::grpc;
  EXPECT_EQ(protocol(), "grpc");
  EXPECT_EQ(endpoint(), "http://127.0.0.1:4317");
  layers.target.otlp = OtlpProtocol::http_protobuf;
  EXPECT_EQ(protocol(), "http/protobuf");
  EXPECT_EQ(endpoint(), "http://127.0.0.1:4318");
  layers.arm.otlp = OtlpProtocol::grpc;
  EXPECT_EQ(protocol(), "grpc");
}

TEST(ArmEnvironment, TheEndpointFollowsTheProtocolOfAnybodysVariable) {
  Case chosen{TracingState::exporting};
  const auto endpoint = [&] {
    return chosen.command().environment.at("OTEL_EXPORTER_OTLP_ENDPOINT");
  };
  chosen.target.env = {{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}};
  EXPECT_EQ(endpoint(), "http://127.0.0.1:4317");
  chosen.arm.env = {{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"}};
  EXPECT_EQ(endpoint(), "http://127.0.0.1:4318");
  chosen.arm.env = {{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", ""}};
  EXPECT_EQ(endpoint(), "http://127.0.0.1:4317");
  chosen.suite.env = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"}};
  EXPECT_EQ(endpoint(), "http://collector:4317");
}

TEST(ArmEnvironment, GrpcIsUsedWhereAnyArmOrAGivenPortSaysSo) {
  Case c{TracingState::exporting};
  Suite suite = c.suite;
  suite.targets = {c.target};
  suite.arms = {c.arm};
  EXPECT_FALSE(uses_otlp_grpc(suite));
  suite.arms[0].env = {{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}};
  EXPECT_TRUE(uses_otlp_grpc(suite));
  suite.targets[0].kind = TargetKind::attached;
  EXPECT_FALSE(uses_otlp_grpc(suite));
  suite.sink_grpc_port = 4317;
  EXPECT_TRUE(uses_otlp_grpc(suite));
}

TEST(ArmEnvironment, EmulatedTargetsAreOneProgram) {
  Case emulated{TracingState::noop};
  emulated.target.args = {"--work", "50us"};
  const std::vector<std::string> right{
      "/bin/tracetax-target", "gin", "--port", "8080", "--work", "50us"};
  EXPECT_EQ(emulated.command().argv, right);
}

TEST(ArmEnvironment, PortIsPutIntoCommandAndEnvironment) {
  Case command{TracingState::noop};
  command.target.kind = TargetKind::command;
  command.target.command = {"server", "--listen=127.0.0.1:{port}", "{port}{port}"};
  command.target.env = {{"PORT", "{port}"}};
  command.suite.folder = "/suites";
  const TargetCommand launched = command.command();
  EXPECT_EQ(launched.argv,
            (std::vector<std::string>{"server", "--listen=127.0.0.1:8080", "80808080"}));
  EXPECT_EQ(launched.environment.at("PORT"), "8080");
  EXPECT_EQ(launched.working_dir, "/suites");
  command.target.working_dir = "/srv";
  EXPECT_EQ(command.command().working_dir, "/srv");
  command.target.working_dir = "../sub";
  EXPECT_EQ(command.command().working_dir, "/sub");
}

TEST(ArmEnvironment, AnArmMayChangeArgumentsOrCommand) {
  Case changed{TracingState::noop};
  changed.target.kind = TargetKind::command;
  changed.target.command = {"server"};
  changed.arm.per_target["shop"].args = {"--no-tracing"};
  EXPECT_EQ(changed.command().argv, (std::vector<std::string>{"server", "--no-tracing"}));
  changed.arm.per_target["shop"].command = {"bare-server", "{port}"};
  EXPECT_EQ(changed.command().argv, (std::vector<std::string>{"bare-server", "8080"}));
}

TEST(ArmEnvironment, PadHasTheAskedSize) {
  Case padded{TracingState::noop};
  padded.facts.environment_pad = 1000;
  EXPECT_EQ(padded.command().environment.at("TRACETAX_PAD").size(), 1000U);
}

TEST(ArmEnvironment, BatchDelayIsTheTargetsOrTheStandard) {
  EXPECT_EQ(batch_delay({}), 5s);
  EXPECT_EQ(batch_delay({{"OTEL_BSP_SCHEDULE_DELAY", "200"}}), 200ms);
  EXPECT_EQ(batch_delay({{"OTEL_BSP_SCHEDULE_DELAY", "soon"}}), 5s);
  EXPECT_EQ(batch_delay({{"OTEL_BSP_SCHEDULE_DELAY", "-1"}}), 5s);
}

}  // namespace
}  // namespace tracetax
