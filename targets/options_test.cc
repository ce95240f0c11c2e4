// SPDX-License-Identifier: Apache-2.0
#include "targets/options.h"

#include <gtest/gtest.h>

#include <vector>

namespace tracetax {
namespace {

Result<TargetOptions> parse(std::vector<const char*> arguments) {
  return parse_target_options(arguments);
}

TEST(TargetOptions, DefaultsToLoopbackPort8080WithoutInjectedWork) {
  const auto options = parse({"gin"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->command, TargetAction::serve);
  EXPECT_EQ(options->framework, "gin");
  EXPECT_EQ(options->host, "127.0.0.1");
  EXPECT_EQ(options->port, 8080);
  EXPECT_EQ(options->work.per_request, Nanos(0));
}

TEST(TargetOptions, ReadsEveryOption) {
  const auto options =
      parse({"--port=0", "--host", "::1", "--work-per-sampled", "50us", "--work-per-request=1.5us",
             "--threads=16", "--span-attributes=50", "nethttp"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->port, 0);
  EXPECT_EQ(options->host, "::1");
  EXPECT_EQ(options->work.per_sampled, std::chrono::microseconds(50));
  EXPECT_EQ(options->work.per_request, Nanos(1500));
  EXPECT_EQ(options->threads, 16U);
  EXPECT_EQ(options->work.span_attributes, 50);
}

TEST(TargetOptions, TellsAllMistakesAtOnce) {
  const auto options = parse({"gni", "--port", "-1", "--work-per-request", "2s", "--threads", "0"});
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code, ExitCode::usage);
  EXPECT_NE(options.error().message.find("'gin'"), std::string::npos);
  EXPECT_NE(options.error().message.find("--port"), std::string::npos);
  EXPECT_NE(options.error().message.find("--work-per-request"), std::string::npos);
  EXPECT_NE(options.error().message.find("--threads: '0' is not"), std::string::npos);
}

TEST(TargetOptions, AttributesAreForTargetsWithAnApplication) {
  const auto options = parse({"grpc-go", "--span-attributes", "50"});
  ASSERT_FALSE(options);
  EXPECT_NE(options.error().message.find("--span-attributes: 'grpc-go' has no application"),
            std::string::npos);
  EXPECT_FALSE(parse({"gin", "--span-attributes", "1001"}));
}

TEST(TargetOptions, GrpcOptionsAreForTheTargetsThatKnowThem) {
  const auto options = parse({"grpc-chain", "--semconv", "rpc/dup", "--drop-propagation"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->semconv, "rpc/dup");
  EXPECT_TRUE(options->drops_propagation);
  EXPECT_FALSE(parse({"grpc-go", "--semconv", "http/old"}));
  EXPECT_FALSE(parse({"gin", "--semconv", "rpc/old"}));
  // Those that call a second service in another way would not listen to it.
  for (const char* name : {"grpc-go", "gin", "kitex-chain", "gomicro-chain", "dapr"}) {
    EXPECT_FALSE(parse({name, "--drop-propagation"})) << name;
  }
}

TEST(TargetOptions, TheServiceBehindMayRunAlready) {
  EXPECT_EQ(parse({"kitex-chain"})->back.port, 0);
  EXPECT_EQ(parse({"kitex-chain", "--back", "127.0.0.1:9"})->back, (GrpcAddress{"127.0.0.1", 9}));
  for (const char* bad : {"127.0.0.1", ":9", "127.0.0.1:0", "127.0.0.1:9/x", "127.0.0.1:99999"})
    EXPECT_FALSE(parse({"kitex-chain", "--back", bad})) << bad;
  const auto alone = parse({"gin", "--back", "127.0.0.1:9"});
  ASSERT_FALSE(alone);
  EXPECT_NE(alone.error().message.find("--back: 'gin' calls no second service"), std::string::npos);
}

TEST(TargetOptions, ListAndHelpNeedNoName) {
  EXPECT_EQ(parse({"--list"})->command, TargetAction::list);
  EXPECT_EQ(parse({"--list-faults"})->command, TargetAction::list_faults);
  EXPECT_EQ(parse({"--help"})->command, TargetAction::help);
  EXPECT_FALSE(parse({"--explain"}));
  EXPECT_EQ(parse({"--explain", "gin"})->command, TargetAction::explain);
  EXPECT_EQ(parse({"--describe"})->command, TargetAction::describe);
  EXPECT_EQ(parse({"gin", "--describe"})->framework, "gin");
  EXPECT_FALSE(parse({"ginn", "--describe"}));
}

}  // namespace
}  // namespace tracetax
