// What the trace stage leaves in the exchange for the stages inside it. The span itself is the
// business of targets/service/framework_test.cc.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/trace.h"

#include <gtest/gtest.h>

#include "targets/request/exchange_fixture.h"

namespace tracetax {
namespace {

constexpr std::string_view kCaller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

struct Seen {
  TraceContext trace;
  bool records = false;
};

Seen seen_in(std::string state, bool has_caller) {
  const auto config = read_tracing_config({{"TRACETAX_STATE", std::move(state)}});
  const auto tracer = Tracer::make(config.value(), nullptr).value();
  ExchangeFixture f;
  if (has_caller) f.headers.set("traceparent", std::string(kCaller));
  Seen seen;
  chain_of(make_stage(TraceSpec{}, *tracer), [&](Exchange& e) {
    seen = {e.trace, e.span_records};
  }).handle(f.exchange);
  return seen;
}

TEST(Trace, ASpanThatRecordsGivesItsIds) {
  const Seen seen = seen_in("record", true);
  EXPECT_TRUE(seen.records);
  EXPECT_EQ(to_hex(seen.trace.trace_id), kCaller.substr(3, 32));
  EXPECT_NE(to_hex(seen.trace.span_id), kCaller.substr(36, 16));
}

TEST(Trace, ADroppedSpanHasIdsToo) {
  const Seen seen = seen_in("drop", false);
  EXPECT_FALSE(seen.records);
  EXPECT_TRUE(seen.trace.trace_id.valid());
}

TEST(Trace, WithoutAnSdkTheIdsAreTheCallersOrNone) {
  EXPECT_EQ(seen_in("noop", true).trace, *parse_traceparent(kCaller));
  EXPECT_FALSE(seen_in("noop", true).records);
  EXPECT_FALSE(seen_in("noop", false).trace.trace_id.valid());
}

}  // namespace
}  // namespace tracetax
