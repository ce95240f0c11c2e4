// The three breakers as stages in a chain. Chance is real here, so the counts have wide margins:
// after 300 failures each request is dropped with a probability above 0.9.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/breaker_stage.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "targets/request/exchange_fixture.h"
#include "targets/stages/govern/breaker_gozero.h"
#include "targets/stages/govern/breaker_kitex.h"
#include "targets/stages/govern/breaker_kratos.h"

namespace tracetax {
namespace {

struct Outcome {
  int reached = 0;
  int rejected = 0;
};

// Sends `requests` to a handler that answers `status`.
Outcome send(const Chain& chain, const int& reached, int requests, const Route* route = nullptr) {
  Outcome outcome;
  for (int i = 0; i < requests; ++i) {
    ExchangeFixture f;
    f.exchange.route = route;
    const int before = reached;
    chain.handle(f.exchange);
    reached > before ? ++outcome.reached : ++outcome.rejected;
    if (reached == before) {
      EXPECT_EQ(f.exchange.status, 503U);
    }
  }
  return outcome;
}

template <typename Spec>
class BreakerStages : public testing::Test {};
using Specs = testing::Types<BreakerGozeroSpec, BreakerKratosSpec, BreakerKitexSpec>;
TYPED_TEST_SUITE(BreakerStages, Specs);

TYPED_TEST(BreakerStages, PassAWorkingHandler) {
  int reached = 0;
  const Chain chain = chain_of(make_stage(TypeParam{}), [&](Exchange&) { ++reached; });
  EXPECT_EQ(send(chain, reached, 1000).rejected, 0);
}

TYPED_TEST(BreakerStages, PassRefusedRequestsToo) {
  int reached = 0;
  const Chain chain = chain_of(make_stage(TypeParam{}), [&](Exchange& e) {
    ++reached;
    e.status = 429;
  });
  EXPECT_EQ(send(chain, reached, 1000).rejected, 0);
}

TYPED_TEST(BreakerStages, RejectBeforeAFailingHandler) {
  int reached = 0;
  const Chain chain = chain_of(make_stage(TypeParam{}), [&](Exchange& e) {
    ++reached;
    e.status = 500;
  });
  EXPECT_GT(send(chain, reached, 1000).rejected, 300);
}

TYPED_TEST(BreakerStages, KeepRoutesApart) {
  const Route bad{"GET", "/bad"};
  const Route good{"GET", "/good"};
  int reached = 0;
  const Chain chain = chain_of(make_stage(TypeParam{}), [&](Exchange& e) {
    ++reached;
    e.status = e.route == &bad ? 500 : 200;
  });
  EXPECT_GT(send(chain, reached, 1000, &bad).rejected, 300);
  EXPECT_EQ(send(chain, reached, 1000, &good).rejected, 0);
}

TYPED_TEST(BreakerStages, AnExceptionIsAFailureAndGoesOn) {
  const Chain chain =
      chain_of(make_stage(TypeParam{}), [](Exchange&) { throw std::runtime_error("oops"); });
  int thrown = 0;
  for (int i = 0; i < 1000; ++i) {
    ExchangeFixture f;
    try {
      chain.handle(f.exchange);
      EXPECT_EQ(f.exchange.status, 503U);
    } catch (const std::runtime_error&) {
      ++thrown;
    }
  }
  EXPECT_GE(thrown, 5);
  EXPECT_LT(thrown, 700);
}

TEST(BreakerStages, KratosTellsWhy) {
  const Chain chain =
      chain_of(make_stage(BreakerKratosSpec{}), [](Exchange& e) { e.status = 500; });
  for (int i = 0; i < 1000; ++i) {
    ExchangeFixture f;
    chain.handle(f.exchange);
    if (f.exchange.status != 503) continue;
    EXPECT_NE(f.exchange.answer.find(R"("reason":"CIRCUITBREAKER")"), std::string::npos);
    EXPECT_EQ(f.exchange.content_type, "application/json");
    return;
  }
  FAIL() << "nothing was rejected";
}

TEST(PerRoute, RoutesBeyondTheMostShareOne) {
  int made = 0;
  PerRoute<int> all([&] {
    ++made;
    return std::make_unique<int>(0);
  });
  const std::vector<Route> routes(PerRoute<int>::kMost + 50);
  for (const Route& route : routes) ++all.of(&route);
  for (const Route& route : routes) ++all.of(&route);
  EXPECT_EQ(made, static_cast<int>(PerRoute<int>::kMost) + 1);
  EXPECT_EQ(all.of(&routes.front()), 2);
  EXPECT_EQ(all.of(nullptr), 100);
}

}  // namespace
}  // namespace tracetax
