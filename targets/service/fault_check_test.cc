// SPDX-License-Identifier: Apache-2.0
#include "targets/service/fault_check.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

Status check(const char* fault, std::string_view target, int inner_spans = 0) {
  const auto make = find_in_catalog(framework_catalog(), "target", target);
  return check_faults(tracing_faults_of({fault}).value(), (*make)(),
                      WorkSpec{.inner_spans = inner_spans});
}

TEST(FaultCheck, AClientsFaultNeedsATargetThatCallsAnother) {
  for (const char* name : {"kitex-chain", "gomicro-chain", "grpc-chain", "dapr", "dapr-sidecar"}) {
    EXPECT_TRUE(check("no_inject", name)) << name;
    EXPECT_TRUE(check("background_context", name)) << name;
  }
  for (const char* name : {"gin", "kitex-thrift", "gomicro", "grpc-go"}) {
    const auto refused = check("no_inject", name);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ExitCode::usage);
    EXPECT_NE(refused.error().message.find("TRACETAX_FAULT: no_inject"), std::string::npos);
  }
  // Started by its front, it may be the half of the target where the fault is not.
  EXPECT_TRUE(check("no_inject", "kitex-chain-back"));
}

TEST(FaultCheck, FaultsOfInnerSpansNeedSome) {
  EXPECT_FALSE(check("background_context", "gin"));
  EXPECT_TRUE(check("background_context", "gin", 1));
  EXPECT_FALSE(check("ctx_shadow", "gin", 1));
  EXPECT_FALSE(check("ctx_shadow", "kitex-chain"));
  EXPECT_TRUE(check("ctx_shadow", "gin", 2));
  EXPECT_TRUE(check("unended", "gin"));
}

}  // namespace
}  // namespace tracetax
