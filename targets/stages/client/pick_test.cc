// The balancers on scripted clocks and draws, by hand and against slow references, and as stages.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/pick.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <stdexcept>

#include "targets/request/exchange_fixture.h"
#include "targets/request/scripted_draws.h"
#include "targets/stages/client/discovery.h"
#include "targets/stages/client/pick_p2c_gozero.h"
#include "targets/stages/client/pick_p2c_kratos.h"
#include "targets/stages/client/pick_random.h"
#include "targets/stages/client/pick_tars.h"
#include "targets/stages/client/pick_wrr.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(PickTars, LeavesOutWhatFailsAndTriesItAfterHalfAMinute) {
  TarsRoundRobin picker(2);
  const auto ask = [&](Nanos now, bool second_works) {
    const std::size_t node = picker.pick(now);
    picker.done(node, now, node == 0 || second_works);
    return node;
  };
  EXPECT_EQ(ask(1s, false), 0U);
  EXPECT_EQ(ask(1s, false), 1U);
  EXPECT_EQ(ask(1s, false), 0U);
  EXPECT_EQ(ask(1s, false), 1U) << "one failure is not enough";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(2s, false), 0U);
  EXPECT_FALSE(picker.active(1));
  EXPECT_EQ(ask(32s, false), 1U);
  EXPECT_EQ(ask(32s, false), 0U);
  EXPECT_EQ(ask(33s, true), 0U) << "it failed again";
  EXPECT_EQ(ask(62s, true), 1U);
  EXPECT_TRUE(picker.active(1));
  EXPECT_EQ(ask(62s, true), 0U);
  EXPECT_EQ(ask(62s, true), 1U);
}

TEST(PickTars, AsksAllWhereNoneIsActive) {
  TarsRoundRobin picker(2);
  std::map<std::size_t, int> asked;
  for (int i = 0; i < 20; ++i) {
    const std::size_t node = picker.pick(1s);
    ++asked[node];
    picker.done(node, 1s, false);
  }
  EXPECT_EQ(asked[0], 10);
  EXPECT_EQ(asked[1], 10);
}

TEST(PickP2cGozero, LoadIsRootOfTimeTimesRequestsUnderWay) {
  GozeroP2c picker(1);
  ScriptedDraws draws({0.0});
  EXPECT_EQ(picker.load(0), 1);
  EXPECT_EQ(picker.pick(0ns, draws.uniform()), 0U);
  EXPECT_EQ(picker.load(0), 2);
  picker.done(0, 0ns, 1ms, true);
  EXPECT_EQ(picker.load(0), 1000);  // sqrt(1000001) cut
  EXPECT_EQ(draws.taken(), 0U);
}

TEST(PickP2cGozero, AveragesDecayOverTenSeconds) {
  GozeroP2c picker(1);
  picker.done(0, 0s, 1s, true);
  EXPECT_EQ(picker.success(0), 1000U);
  // Ten seconds on, w = 1 / e = 0.3679: 1000 * 0.3679, cut.
  picker.done(0, 10s, 11s, false);
  EXPECT_EQ(picker.success(0), 367U);
}

TEST(PickP2cGozero, OfTwoTheLessLoadedUnlessTheOtherWaitedASecond) {
  GozeroP2c picker(2);
  ScriptedDraws draws({0.0});
  const auto pick = [&](Nanos now) { return picker.pick(now, draws.uniform()); };
  // Neither was ever picked, so who loses the first comparison is forced.
  EXPECT_EQ(pick(1ms), 1U);
  EXPECT_EQ(pick(1ms), 0U);  // load 1 against 2
  picker.done(1, 0ms, 1ms, true);
  EXPECT_EQ(pick(2ms), 0U);  // load 2 against 1000
  EXPECT_EQ(pick(1001ms), 0U);
  EXPECT_EQ(pick(1001ms + 1ns), 1U);
}

TEST(PickP2cGozero, DrawsAgainWhileOneIsUnhealthy) {
  GozeroP2c picker(3);
  for (std::size_t node = 0; node < 3; ++node) picker.done(node, 0s, 1s, node != 0);
  EXPECT_EQ(picker.success(0), 0U);
  // 0.0, 0.0: nodes 0 and 1, unhealthy. 0.0, 0.9: 0 and 2, unhealthy. 0.4, 0.9: 1 and 2.
  ScriptedDraws draws({0.0, 0.0, 0.0, 0.9, 0.4, 0.9});
  const std::size_t node = picker.pick(1s, draws.uniform());
  EXPECT_EQ(draws.taken(), 6U);
  EXPECT_NE(node, 0U);
  // Never healthy: after three tries the last two are compared.
  ScriptedDraws stuck({0.0});
  (void)picker.pick(1s, stuck.uniform());
  EXPECT_EQ(stuck.taken(), 6U);
}

// The rules once more, in the plainest form.
struct GozeroReference {
  struct Node {
    double lag = 0;
    double success = 1000;
    int flying = 0;
    double done = -1e18;
    double picked = -1e18;
  };
  std::vector<Node> nodes;

  double load(const Node& node) const {
    return std::floor(std::sqrt(node.lag + 1)) * (node.flying + 1);
  }
  std::size_t pick(double now, const std::vector<double>& draws) {
    std::size_t a = 0;
    std::size_t b = 0;
    const double n = static_cast<double>(nodes.size());
    for (std::size_t i = 0; i < 6; i += 2) {
      a = static_cast<std::size_t>(draws[i] * n);
      b = static_cast<std::size_t>(draws[i + 1] * (n - 1));
      if (b >= a) ++b;
      if (nodes[a].success > 500 && nodes[b].success > 500) break;
    }
    const std::size_t winner = load(nodes[a]) <= load(nodes[b]) ? a : b;
    const std::size_t loser = winner == a ? b : a;
    const std::size_t chosen = now - nodes[loser].picked > 1e9 ? loser : winner;
    nodes[chosen].picked = now;
    ++nodes[chosen].flying;
    return chosen;
  }
  void done(std::size_t at, double started, double now, bool ok) {
    Node& node = nodes[at];
    --node.flying;
    const double w = node.lag == 0 ? 0 : std::exp((node.done - now) / 1e10);
    node.done = now;
    node.lag = std::floor(node.lag * w + (now - started) * (1 - w));
    node.success = std::floor(node.success * w + (ok ? 1000 : 0) * (1 - w));
  }
};

TEST(PickP2cGozero, DecidesAsTheReferenceDoes) {
  std::mt19937_64 random(9);
  std::uniform_real_distribution<double> unit;
  GozeroP2c picker(5);
  GozeroReference reference{std::vector<GozeroReference::Node>(5)};
  std::vector<std::pair<std::size_t, Nanos>> flying;
  Nanos now = 1s;
  for (int i = 0; i < 20'000; ++i) {
    now += Nanos(static_cast<std::int64_t>(unit(random) * (i % 100 == 0 ? 3e9 : 20e6)));
    if (flying.size() < 12 && unit(random) < 0.55) {
      std::vector<double> values(6);
      for (double& value : values) value = unit(random);
      ScriptedDraws draws(values);
      const std::size_t node = picker.pick(now, draws.uniform());
      ASSERT_EQ(node, reference.pick(static_cast<double>(now.count()), values)) << i;
      flying.emplace_back(node, now);
    } else if (!flying.empty()) {
      const std::size_t at = random() % flying.size();
      const auto [node, started] = flying[at];
      flying[at] = flying.back();
      flying.pop_back();
      const bool ok = unit(random) < (node == 2 ? 0.3 : 0.95);
      picker.done(node, started, now, ok);
      reference.done(node, static_cast<double>(started.count()), static_cast<double>(now.count()),
                     ok);
    }
  }
}

TEST(PickP2cKratos, WeightIsSuccessOverRootOfTimeAndIsKeptFor5Ms) {
  KratosP2c picker(1);
  ScriptedDraws draws({0.0});
  // Nothing known: 1000 * 10000 / (100e3 * 1).
  EXPECT_DOUBLE_EQ(picker.weight(0, 0ns), 100);
  const auto pick = picker.pick(0ns, draws.uniform());
  EXPECT_EQ(draws.taken(), 0U);
  picker.done(pick, 4ms, true);
  EXPECT_DOUBLE_EQ(picker.weight(0, 5ms), 100);
  // sqrt(4 ms + 5 ms) = sqrt(9000000) = 3000.
  EXPECT_DOUBLE_EQ(picker.weight(0, 5ms + 1ns), 1e7 / 3000);
}

TEST(PickP2cKratos, SlowRequestsUnderWayRaiseTheLoad) {
  KratosP2c picker(1);
  ScriptedDraws draws({0.0});
  picker.done(picker.pick(0ns, draws.uniform()), 4ms, true);
  (void)picker.pick(10ms, draws.uniform());
  (void)picker.pick(28ms, draws.uniform());
  // One of two is slow, and 1 is less than 2 / 2 + 1: the mean of 4 ms counts, times 3.
  EXPECT_DOUBLE_EQ(picker.weight(0, 30ms), 1e7 / (3000 * 3));
  (void)picker.pick(10ms, draws.uniform());
  // Three of three are 84 ms old on average: sqrt(84 ms + 5 ms) = 9433.98, times 4.
  EXPECT_DOUBLE_EQ(picker.weight(0, 100ms), 1e7 / (9433.0 * 4));
}

TEST(PickP2cKratos, TheHeavierOfTwoUnlessTheOtherWaitedThreeSeconds) {
  KratosP2c picker(2);
  ScriptedDraws first({0.0, 0.0});   // nodes 0 and 1
  ScriptedDraws second({0.6, 0.0});  // nodes 1 and 0
  // Equal weights: the one drawn first wins, and the other was never picked.
  EXPECT_EQ(picker.pick(0s, first.uniform()).node, 1U);
  EXPECT_EQ(first.taken(), 2U);
  const auto second_pick = picker.pick(0s, second.uniform());
  EXPECT_EQ(second_pick.node, 0U);
  picker.done(second_pick, 1ms, true);
  // Node 0 has answered, node 1 has not: 0 outweighs it by far until 1 has waited 3 s.
  EXPECT_EQ(picker.pick(10ms, second.uniform()).node, 0U);
  EXPECT_EQ(picker.pick(3s, second.uniform()).node, 0U);
  EXPECT_EQ(picker.pick(3s + 1ns, second.uniform()).node, 1U);
}

TEST(PickP2cKratos, MoreRequestsThanSlotsAreFine) {
  KratosP2c picker(1);
  ScriptedDraws draws({0.0});
  std::vector<KratosP2c::Pick> picks;
  for (int i = 0; i < 450; ++i) picks.push_back(picker.pick(1ms, draws.uniform()));
  int with_slot = 0;
  for (const auto& pick : picks) with_slot += pick.has_slot ? 1 : 0;
  EXPECT_EQ(with_slot, 200);
  for (const auto& pick : picks) picker.done(pick, 2ms, true);
  EXPECT_TRUE(picker.pick(3ms, draws.uniform()).has_slot);
}

std::string names(std::size_t (*pick)(void*), void* picker, int picks) {
  std::string text;
  for (int i = 0; i < picks; ++i) text.push_back(static_cast<char>('a' + pick(picker)));
  return text;
}
template <typename Picker>
std::string names(Picker& picker, int picks) {
  return names([](void* p) { return static_cast<Picker*>(p)->pick(); }, &picker, picks);
}

// nginx' own example: weights 5, 1, 1.
TEST(PickWrr, IsSmooth) {
  KratosWrr kratos({"a", "b", "c"}, {5, 1, 1});
  EXPECT_EQ(names(kratos, 14), "aabacaaaabacaa");
  const std::vector<int> weights{5, 1, 1};
  KitexWrr kitex(weights);  // begins with the second of its turn
  EXPECT_EQ(names(kitex, 14), "abacaaaabacaaa");
}

TEST(PickWrr, KitexStartsWhereItIsTold) {
  const std::vector<int> weights{5, 1, 1};
  KitexWrr kitex(weights, 1);  // b, c, a
  EXPECT_EQ(names(kitex, 7), "abacaaa");
  const std::vector<int> equal{7, 7, 7};
  KitexWrr turn(equal, 1);
  EXPECT_EQ(names(turn, 6), "cabcab");
}

TEST(PickWrr, KitexSharesByWeightOverWholeTurns) {
  const std::vector<int> weights{700, 200, 101};  // a turn of 1001, built in three batches
  KitexWrr kitex(weights);
  std::vector<int> count(3);
  for (int i = 0; i < 2002; ++i) ++count[kitex.pick()];
  EXPECT_EQ(count, (std::vector<int>{1400, 400, 202}));
}

TEST(PickRandom, ShareOfTheDrawIsShareOfTheWeight) {
  const RandomWeighted picker({1, 0, 3});
  ScriptedDraws draws({0.0, 0.2499, 0.25, 0.9999});
  std::vector<std::size_t> picked;
  for (int i = 0; i < 4; ++i) picked.push_back(picker.pick(draws.uniform()));
  EXPECT_EQ(picked, (std::vector<std::size_t>{0, 0, 2, 2}));
  ScriptedDraws half({0.5});
  EXPECT_EQ(RandomWeighted({4, 4, 4, 4}).pick(half.uniform()), 2U);
  EXPECT_EQ(RandomWeighted({0, 0}).pick(half.uniform()), 1U);
  EXPECT_EQ(RandomWeighted({9}).pick(half.uniform()), 0U);
}

class PickStages : public testing::TestWithParam<Balancer> {};

TEST_P(PickStages, ChooseAmongTheAddressesAndReachAll) {
  std::map<std::string, int, std::less<>> reached;
  const Chain chain =
      chain_of(make_stage(PickSpec{.balancer = GetParam(), .addresses = {"a:1", "b:2", "c:3"}}),
               [&](Exchange& e) { ++reached[std::string(e.upstream)]; });
  for (int i = 0; i < 300; ++i) {
    ExchangeFixture f;
    chain.handle(f.exchange);
  }
  int sum = 0;
  for (const auto& [address, count] : reached) {
    EXPECT_TRUE(address == "a:1" || address == "b:2" || address == "c:3") << address;
    sum += count;
  }
  EXPECT_EQ(sum, 300);
  EXPECT_EQ(reached.size(), GetParam() == Balancer::first ? 1U : 3U);
}

TEST_P(PickStages, WorkWithOneAddressAndWithNone) {
  ExchangeFixture f;
  chain_of(make_stage(PickSpec{.balancer = GetParam(), .addresses = {"a:1"}}), [](Exchange& e) {
    e.answer.assign(e.upstream);
  }).handle(f.exchange);
  EXPECT_EQ(f.exchange.answer, "a:1");
  chain_of(make_stage(PickSpec{.balancer = GetParam()}), [](Exchange&) {
    FAIL();
  }).handle(f.exchange);
  EXPECT_EQ(f.exchange.status, 503U);
}

TEST_P(PickStages, ExceptionsGoThrough) {
  const Chain chain =
      chain_of(make_stage(PickSpec{.balancer = GetParam(), .addresses = {"a:1", "b:2"}}),
               [](Exchange&) { throw std::runtime_error("oops"); });
  for (int i = 0; i < 10; ++i) {
    ExchangeFixture f;
    EXPECT_THROW(chain.handle(f.exchange), std::runtime_error);
  }
}

INSTANTIATE_TEST_SUITE_P(All, PickStages,
                         testing::Values(Balancer::p2c_gozero, Balancer::p2c_kratos,
                                         Balancer::wrr_kratos, Balancer::wrr_kitex,
                                         Balancer::round_robin, Balancer::round_robin_tars,
                                         Balancer::random_weighted, Balancer::first));

/// The address that each of so many requests is sent to.
std::map<std::string, int> sent_to(const Chain& chain, int requests) {
  std::map<std::string, int> sent;
  for (int i = 0; i < requests; ++i) {
    ExchangeFixture f;
    chain.handle(f.exchange);
    EXPECT_TRUE(f.exchange.upstream.empty());
    ++sent[f.exchange.answer];
  }
  return sent;
}

TEST(PickStage, FollowsWhatDiscoveryFinds) {
  Addresses there{"a:1", "b:1"};
  std::vector<StagePointer> stages;
  stages.push_back(
      make_stage(DiscoverySpec{.rules = {.subset = Subset::whole}, .update_every = 1ns},
                 [&] { return there; }));
  stages.push_back(make_stage(PickSpec{.balancer = Balancer::wrr_kratos,
                                       .addresses = {"a:1", "b:1", "c:1"},
                                       .weights = {10, 30, 20}}));
  stages.push_back(std::make_unique<FunctionStage>(
      [](Exchange& exchange) { exchange.answer = exchange.upstream; }));
  const Chain chain(std::move(stages));
  EXPECT_EQ(sent_to(chain, 40), (std::map<std::string, int>{{"a:1", 10}, {"b:1", 30}}));
  there = {"b:1", "c:1"};  // a has gone, c has come
  EXPECT_EQ(sent_to(chain, 50), (std::map<std::string, int>{{"b:1", 30}, {"c:1", 20}}));
}

TEST(PickStage, BalancersHaveNames) {
  EXPECT_EQ(balancer_from("p2c_gozero").value(), Balancer::p2c_gozero);
  EXPECT_EQ(balancer_from("random").value(), Balancer::random_weighted);
  const std::string unknown = balancer_from("p2c").error().message;
  EXPECT_NE(unknown.find("p2c_gozero"), std::string::npos) << unknown;
}

}  // namespace
}  // namespace tracetax
