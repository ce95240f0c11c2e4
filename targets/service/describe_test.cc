// What --describe prints.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "targets/service/shape_testing.h"

namespace tracetax {
namespace {

nlohmann::json described(std::string_view name) {
  return nlohmann::json::parse(describe_framework(quiet_framework(name)));
}

TEST(Describe, TellsWireReadinessAndSpans) {
  struct Case {
    const char* name;
    const char* wire;
    const char* ready;
    int spans;
  };
  constexpr const char* kByHttp = "http://127.0.0.1:{port}/healthz";
  constexpr const char* kByTcp = "tcp://127.0.0.1:{port}";
  for (const Case& c :
       {Case{"gin", "http", kByHttp, 1}, Case{"kratos-http-min", "http", kByHttp, 1},
        Case{"grpc-go", "grpc", kByTcp, 1}, Case{"grpc-chain", "grpc", kByTcp, 3},
        Case{"kitex-thrift", "kitex", kByTcp, 1}, Case{"kitex-chain", "kitex", kByTcp, 3},
        Case{"tars-go", "tars", kByTcp, 1}, Case{"gomicro", "gomicro", kByTcp, 1},
        Case{"gomicro-chain", "gomicro", kByTcp, 4}, Case{"dapr", "http", kByHttp, 2},
        Case{"dapr-sidecar", "http", kByTcp, 2}, Case{"dapr-app", "http", kByHttp, 0}}) {
    const auto told = described(c.name);
    EXPECT_EQ(told["name"], c.name);
    EXPECT_EQ(told["wire"], c.wire) << c.name;
    EXPECT_EQ(told["ready"], c.ready) << c.name;
    EXPECT_EQ(told["spans_per_request"], c.spans) << c.name;
    EXPECT_EQ(told["can_be_absent"], true);
    EXPECT_EQ(told["samplers"].size(), sampler_catalog().size());
  }
}

TEST(Describe, ListsThemAll) {
  const auto all = nlohmann::json::parse(describe_frameworks());
  ASSERT_EQ(all.size(), framework_catalog().size());
  EXPECT_EQ(all[1], described("gin"));
}

}  // namespace
}  // namespace tracetax
