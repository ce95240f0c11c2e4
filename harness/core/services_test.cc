// SPDX-License-Identifier: Apache-2.0
#include "harness/core/services.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

constexpr const char* kEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// A stage that holds spans, beside every target, and the arms off and tail.
Suite suite_with_stage() {
  Suite suite;
  ServiceSpec stage;
  stage.name = "tail";
  stage.holds_spans = std::chrono::seconds(2);
  suite.companions = {stage};
  suite.targets.emplace_back().name = "gin";
  suite.arms.resize(2);
  suite.arms[0].name = "off";
  suite.arms[1].name = "tail";
  return suite;
}

bool relayed(const Suite& suite, std::size_t arm) {
  return relay_of(suite, suite.targets[0], suite.arms[arm]) != nullptr;
}

TEST(RelayOfArm, IsThatOfAllWhereNoArmNamesIt) {
  Suite suite = suite_with_stage();
  EXPECT_TRUE(relayed(suite, 0)) << "its address may be written out";
  suite.env = {{kEndpoint, "http://127.0.0.1:{port.tail}"}};
  EXPECT_TRUE(relayed(suite, 0));
  EXPECT_TRUE(relayed(suite, 1));
}

TEST(RelayOfArm, IsThatOfTheArmsThatNameIt) {
  Suite suite = suite_with_stage();
  suite.arms[1].env = {{kEndpoint, "http://127.0.0.1:{port.tail.grpc}"}};
  EXPECT_FALSE(relayed(suite, 0));
  EXPECT_TRUE(relayed(suite, 1));
  suite.arms[1].env.clear();
  suite.arms[1].per_target["gin"].env = {{kEndpoint, "http://127.0.0.1:{port.tail}"}};
  EXPECT_FALSE(relayed(suite, 0));
  EXPECT_TRUE(relayed(suite, 1));
  suite.arms[1].per_target["gin"].env = {{kEndpoint, "http://127.0.0.1:{port.tailor}"}};
  EXPECT_TRUE(relayed(suite, 0)) << "another service's port";
}

TEST(RelayOfArm, IsThatOfAllWhereAProcessOfAllNamesItToo) {
  Suite suite = suite_with_stage();
  suite.arms[1].env = {{kEndpoint, "http://127.0.0.1:{port.tail}"}};
  suite.targets[0].env = {{kEndpoint, "http://127.0.0.1:{port.tail}"}};
  EXPECT_TRUE(relayed(suite, 0));
  suite.targets[0].env.clear();
  ServiceSpec other;
  other.name = "collector";
  other.env = {{"OUT", "http://127.0.0.1:{port.tail}"}};
  suite.companions.push_back(other);
  EXPECT_TRUE(relayed(suite, 0));
  suite.companions.erase(suite.companions.begin());
  EXPECT_FALSE(relayed(suite, 1)) << "the collector holds nothing";
}

}  // namespace
}  // namespace tracetax
