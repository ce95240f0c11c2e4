// Stages of a client beside the balancers: discovery, connection pool and retry.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <thread>

#include "targets/request/exchange_fixture.h"
#include "targets/request/scripted_draws.h"
#include "targets/stages/client/call_wire.h"
#include "targets/stages/client/discovery.h"
#include "targets/stages/client/pick.h"
#include "targets/stages/client/pool.h"
#include "targets/stages/flow/retry.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

Addresses many(int count) {
  Addresses addresses;
  for (int i = 0; i < count; ++i) addresses.push_back(fmt::format("10.0.0.{}:80", i));
  return addresses;
}

TEST(Discovery, ResolvesOnAMissAndAgainWhenOld) {
  ScriptedDraws draws({0.0});
  int version = 0;
  DiscoveryCache cache({.subset = Subset::whole},
                       [&] { return Addresses{fmt::format("v{}", ++version)}; });
  EXPECT_EQ(cache.snapshot(5s, draws.uniform())->front(), "v1");
  EXPECT_EQ(cache.snapshot(25s - 1ns, draws.uniform())->front(), "v1");
  EXPECT_EQ(cache.snapshot(25s, draws.uniform())->front(), "v2");
  EXPECT_EQ(cache.resolutions(), 2U);
}

TEST(Discovery, AnUpdateReplacesTheSnapshotAndRenewsIt) {
  ScriptedDraws draws({0.0});
  DiscoveryCache cache({.subset = Subset::whole}, [] { return Addresses{"resolved"}; });
  const auto held = cache.snapshot(0s, draws.uniform());
  cache.update({"watched"}, 10s, draws.uniform());
  EXPECT_EQ(cache.snapshot(29s, draws.uniform())->front(), "watched");
  EXPECT_EQ(held->front(), "resolved");  // who holds the old one keeps it
  EXPECT_EQ(cache.snapshot(30s, draws.uniform())->front(), "resolved");
}

TEST(Discovery, TheSameAddressesKeepTheirSubset) {
  SplitMix source(1);
  DiscoveryCache cache({.subset_size = 8}, [] { return many(40); });
  const auto first = cache.snapshot(0s, source.uniform());
  EXPECT_EQ(cache.snapshot(20s, source.uniform()), first) << "who picks from it goes on";
  cache.update(many(40), 21s, source.uniform());
  EXPECT_EQ(cache.snapshot(22s, source.uniform()), first);
  cache.update(many(39), 23s, source.uniform());
  EXPECT_NE(cache.snapshot(24s, source.uniform()), first);
}

TEST(Discovery, KeepsWhatItHasWhenNothingIsFound) {
  ScriptedDraws draws({0.0});
  bool there = true;
  DiscoveryCache cache({.subset = Subset::whole},
                       [&] { return there ? Addresses{"a"} : Addresses{}; });
  EXPECT_EQ(cache.snapshot(0s, draws.uniform())->size(), 1U);
  there = false;
  EXPECT_EQ(cache.snapshot(20s, draws.uniform())->size(), 1U);
  EXPECT_EQ(cache.snapshot(39s, draws.uniform())->size(), 1U);
  EXPECT_EQ(cache.resolutions(), 2U);
}

TEST(Discovery, WithoutATtlOnlyUpdatesCount) {
  ScriptedDraws draws({0.0});
  DiscoveryCache cache({.subset = Subset::whole, .ttl = 0s}, [] { return Addresses{"a"}; });
  (void)cache.snapshot(0s, draws.uniform());
  (void)cache.snapshot(24h * 365, draws.uniform());
  EXPECT_EQ(cache.resolutions(), 1U);
}

TEST(Discovery, ShuffleFollowsItsDraws) {
  Addresses addresses{"a", "b", "c", "d"};
  ScriptedDraws zeros({0.0});
  shuffle_subset(addresses, 4, zeros.uniform());
  // Swaps 3-0, 2-0, 1-0: d b c a, c b d a, b c d a.
  EXPECT_EQ(addresses, (Addresses{"b", "c", "d", "a"}));
  shuffle_subset(addresses, 2, zeros.uniform());
  EXPECT_EQ(addresses.size(), 2U);
}

TEST(Discovery, ShuffledSubsetsReachEveryAddress) {
  SplitMix source(1);
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    Addresses addresses = many(100);
    shuffle_subset(addresses, 32, source.uniform());
    EXPECT_EQ(std::set<std::string>(addresses.begin(), addresses.end()).size(), 32U);
    seen.insert(addresses.begin(), addresses.end());
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(Discovery, RingIsTheSameForAKeyAndMovesLittle) {
  const Addresses all = many(100);
  const Addresses subset = ring_subset(all, 25, "client-1");
  EXPECT_EQ(subset.size(), 25U);
  EXPECT_EQ(ring_subset(all, 25, "client-1"), subset);
  EXPECT_NE(ring_subset(all, 25, "client-2"), subset);
  EXPECT_EQ(ring_subset(many(25), 25, "client-1"), many(25));
  // Without one of its members all others of the subset stay.
  Addresses fewer = all;
  std::erase(fewer, subset.front());
  const Addresses after = ring_subset(fewer, 25, "client-1");
  for (std::size_t i = 1; i < subset.size(); ++i) {
    EXPECT_NE(std::ranges::find(after, subset[i]), after.end()) << subset[i];
  }
}

TEST(Discovery, StagePassesOnOnlyWithAddresses) {
  int reached = 0;
  const auto count = [&](Exchange&) { ++reached; };
  ExchangeFixture f;
  const DiscoverySpec spec{.update_every = 1ns};
  chain_of(make_stage(spec, [] { return many(40); }), count).handle(f.exchange);
  EXPECT_EQ(reached, 1);
  EXPECT_EQ(f.exchange.candidates, nullptr) << "they are for the rest of the chain";
  chain_of(make_stage(spec, [] { return Addresses{}; }), count).handle(f.exchange);
  EXPECT_EQ(reached, 1);
  EXPECT_EQ(f.exchange.status, 503U);
}

TEST(Pool, TheLastGivenBackGoesFirst) {
  CallPool pool({});
  const auto first = pool.take("a", 0s);
  const auto second = pool.take("a", 0s);
  EXPECT_NE(first.id, second.id);
  pool.give_back("a", first, 1s);
  pool.give_back("a", second, 1s);
  EXPECT_EQ(pool.take("a", 2s).id, second.id);
  EXPECT_EQ(pool.take("a", 2s).id, first.id);
  EXPECT_EQ(pool.take("b", 2s).id, 3U);
  EXPECT_EQ(pool.opened(), 3U);
}

TEST(Pool, IdleOnesExpireOneByOne) {
  CallPool pool({});
  const auto first = pool.take("a", 0s);
  const auto second = pool.take("a", 0s);
  pool.give_back("a", first, 0s);
  pool.give_back("a", second, 10s);
  EXPECT_EQ(pool.take("a", 60s).id, second.id);
  EXPECT_EQ(pool.take("a", 60s + 1ns).id, 3U);
  EXPECT_EQ(pool.closed(), 1U);
  EXPECT_EQ(pool.idle(), 0U);
}

TEST(Pool, ByAgeTheOpeningCounts) {
  CallPool pool({.kind = PoolKind::age, .idle_per_address = 100});
  const auto first = pool.take("a", 0s);
  pool.give_back("a", first, 59s);
  EXPECT_EQ(pool.take("a", 60s).id, first.id);
  pool.give_back("a", first, 60s);
  EXPECT_EQ(pool.take("a", 60s + 1ns).id, 2U);
}

TEST(Pool, KeepsTenPerAddressAndAHundredInAll) {
  CallPool pool({});
  for (int address = 0; address < 12; ++address) {
    std::vector<PooledConnection> taken;
    for (int i = 0; i < 11; ++i) taken.push_back(pool.take(std::to_string(address), 0s));
    for (const auto& c : taken) pool.give_back(std::to_string(address), c, 0s);
    EXPECT_EQ(pool.idle(), static_cast<std::size_t>(std::min((address + 1) * 10, 100)));
  }
  EXPECT_EQ(pool.closed(), 12U * 11 - 100);
}

TEST(Pool, ThreadsLoseNoConnection) {
  CallPool pool({});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&pool, t] {
      for (int i = 0; i < 5'000; ++i) {
        const std::string address(1, static_cast<char>('a' + (i + t) % 3));
        const auto connection = pool.take(address, 0s);
        if (i % 100 == 0) {
          pool.discard();
        } else {
          pool.give_back(address, connection, 0s);
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(pool.opened(), pool.closed() + pool.idle());
}

TEST(Retry, TriesAgainWithTheSameBodyUntilItWorks) {
  int attempts = 0;
  std::string body = "payload";
  ExchangeFixture f;
  f.exchange.body = body;
  chain_of(make_stage(RetrySpec{}), [&](Exchange& e) {
    EXPECT_EQ(e.body, "payload");
    EXPECT_EQ(e.answer, "");
    e.body = e.body.substr(3);  // a reader moves on
    e.answer = "attempt";
    e.status = ++attempts < 3 ? 503 : 201;
  }).handle(f.exchange);
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(f.exchange.status, 201U);
  EXPECT_EQ(f.exchange.body.data(), body.data());
}

int attempts_with(const RetrySpec& spec, unsigned status, std::string_view body = "") {
  int attempts = 0;
  ExchangeFixture f;
  f.exchange.body = body;
  chain_of(make_stage(spec), [&](Exchange& e) {
    ++attempts;
    e.status = status;
  }).handle(f.exchange);
  EXPECT_EQ(f.exchange.status, status);
  return attempts;
}

TEST(Retry, GivesUpAfterItsRetries) {
  EXPECT_EQ(attempts_with({}, 503), 4);
  EXPECT_EQ(attempts_with({.retries = 2}, 502), 3);
  EXPECT_EQ(attempts_with({.retries = 0}, 503), 1);
}

TEST(Retry, OnlyForStatusesWorthIt) {
  EXPECT_EQ(attempts_with({}, 500), 1);
  EXPECT_EQ(attempts_with({}, 404), 1);
  EXPECT_EQ(attempts_with({.retries = 5, .on_status = {408}}, 408), 6);
}

TEST(Retry, ABodyTooLargeToKeepIsSentOnce) {
  EXPECT_EQ(attempts_with({.replay_bytes_max = 3}, 503, "1234"), 1);
  EXPECT_EQ(attempts_with({.replay_bytes_max = 4}, 503, "1234"), 4);
}

std::vector<Nanos> waits;
TEST(Retry, TellsItsBackoffs) {
  waits.clear();
  EXPECT_EQ(attempts_with({.wait = [](Nanos wait) { waits.push_back(wait); }}, 503), 4);
  EXPECT_EQ(waits, (std::vector<Nanos>{1s, 1s, 1s}));
  const RetrySpec micro{.retries = 5, .backoff = Backoff::exponential, .interval = 100ms};
  // 1, 2^e = 6.58, 3^e = 19.8, 13^e = 1066, cut.
  EXPECT_EQ(backoff_before(micro, 1), 100ms);
  EXPECT_EQ(backoff_before(micro, 2), 600ms);
  EXPECT_EQ(backoff_before(micro, 3), 1900ms);
  EXPECT_EQ(backoff_before(micro, 14), 2min);
}

TEST(Retry, ExceptionsAreNotRetried) {
  int attempts = 0;
  ExchangeFixture f;
  const Chain chain = chain_of(make_stage(RetrySpec{}), [&](Exchange&) {
    ++attempts;
    throw std::runtime_error("oops");
  });
  EXPECT_THROW(chain.handle(f.exchange), std::runtime_error);
  EXPECT_EQ(attempts, 1);
}

TEST(HttpAnswer, ToHeadHasNoBodyWhateverItsLength) {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  ExchangeFixture f;
  std::size_t least = 0;
  EXPECT_EQ(read_http_answer(answer, false, f.exchange, least), CallFormat::Read::need_more);
  EXPECT_EQ(read_http_answer(answer, true, f.exchange, least), CallFormat::Read::whole);
  EXPECT_EQ(f.exchange.status, 200U);
  EXPECT_EQ(f.exchange.answer, "");
}

/// A long answer is not read again for every few bytes of it.
TEST(HttpAnswer, TellsHowMuchItNeeds) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
  const std::string whole = head + std::string(100'000, 'x');
  ExchangeFixture f;
  std::size_t least = 0;
  EXPECT_EQ(read_http_answer(head.substr(0, 20), false, f.exchange, least),
            CallFormat::Read::need_more);
  EXPECT_EQ(least, 0U) << "the header does not say yet";
  EXPECT_EQ(read_http_answer(whole.substr(0, 1000), false, f.exchange, least),
            CallFormat::Read::need_more);
  EXPECT_EQ(least, whole.size());
  EXPECT_EQ(read_http_answer(whole, false, f.exchange, least), CallFormat::Read::whole);
  EXPECT_EQ(f.exchange.answer.size(), 100'000U);
}

}  // namespace
}  // namespace tracetax
