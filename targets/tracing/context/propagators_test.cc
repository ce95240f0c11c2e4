// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/context/propagators.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

std::string again(std::string_view list) {
  const auto parsed = parse_propagators(list);
  return parsed ? describe(*parsed) : parsed.error().message;
}

TEST(Propagators, AreAListInItsOrder) {
  for (const char* list : {"tracecontext", "baggage,tracecontext", "none",
                           "tracecontext,baggage,b3,b3multi,jaeger,xray,ottrace"}) {
    EXPECT_EQ(again(list), list);
  }
  EXPECT_EQ(again(" b3 , tracecontext,b3"), "b3,tracecontext");
  EXPECT_EQ(again("tracecontext,none"), "none");
}

TEST(Propagators, AnUnknownNameIsNamed) {
  EXPECT_EQ(again("tracecontext,b4"),
            "unknown propagator 'b4'; did you mean 'b3'? known: none, tracecontext, baggage, b3, "
            "b3multi, jaeger, xray, ottrace");
  EXPECT_FALSE(parse_propagators("tracecontext,"));
  EXPECT_FALSE(parse_propagators("grpc-trace-bin"));  // a framework's own, not to be asked for
}

TEST(Propagators, TheProgramsChoiceIsTheVariables) {
  EXPECT_EQ(effective_propagators({}, {}), kW3c);
  EXPECT_EQ(effective_propagators({}, Propagators{Propagator::jaeger}),
            Propagators{Propagator::jaeger});
  EXPECT_EQ(effective_propagators({}, Propagators{}), Propagators{});
}

TEST(Propagators, AFrameworksOwnStayAndAreCompleted) {
  const Propagators own{Propagator::b3_multi, Propagator::trace_context};
  EXPECT_EQ(effective_propagators(own, {}), own);
  EXPECT_EQ(effective_propagators(own, Propagators{Propagator::trace_context}), own);
  EXPECT_EQ(describe(effective_propagators(own, Propagators{Propagator::jaeger})),
            "b3multi,tracecontext,jaeger");
  EXPECT_EQ(effective_propagators(own, Propagators{}), Propagators{});
}

}  // namespace
}  // namespace tracetax
