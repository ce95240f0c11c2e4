// SPDX-License-Identifier: Apache-2.0
#include "reports/words/propagation.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

std::optional<int> bytes_of(const char* kind, Json options = Json::object(),
                            Sampling sampling = Sampling::caller) {
  ScenarioSpec scenario;
  scenario.kind = kind;
  scenario.options = std::move(options);
  return propagation_bytes(scenario, sampling);
}

TEST(Propagation, IsTheFieldAsTheProtocolWritesIt) {
  const std::string value(55, '0');
  EXPECT_EQ(bytes_of("http"), std::string("traceparent: " + value + "\r\n").size());
  EXPECT_EQ(bytes_of("gomicro"), bytes_of("http"));
  EXPECT_EQ(bytes_of("http", {{"http2", true}}), std::string("traceparent" + value).size());
  EXPECT_EQ(bytes_of("grpc"), bytes_of("http", {{"http2", true}}));
  EXPECT_EQ(bytes_of("triple"), bytes_of("grpc"));
  EXPECT_EQ(bytes_of("thrift", {{"framing", "ttheader"}}),
            std::string("..RPC_TRANSIT_traceparent.." + value).size());
  EXPECT_EQ(bytes_of("tars"), std::string("..traceparent.." + value).size());
}

TEST(Propagation, IsNoneWhereNoneIsSent) {
  EXPECT_EQ(bytes_of("thrift"), 0);
  EXPECT_EQ(bytes_of("thrift", {{"framing", "framed"}}), 0);
  EXPECT_EQ(bytes_of("kitex-pb"), 0);
  EXPECT_EQ(bytes_of("grpc", {}, Sampling::target), 0);
  EXPECT_EQ(bytes_of("a-plugin"), std::nullopt);
}

}  // namespace
}  // namespace tracetax
