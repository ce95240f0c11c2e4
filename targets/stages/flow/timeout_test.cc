// Hand-offs and time-outs. Handlers wait for the test where the order matters; no test depends on
// how long something takes.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/flow/timeout.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

#include "targets/request/cancellation.h"
#include "targets/request/exchange_fixture.h"
#include "targets/request/owned_exchange.h"
#include "targets/stages/flow/chain_build.h"
#include "targets/stages/flow/handoff.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(WorkerPool, RunsWhatFitsAndRefusesTheRest) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  std::atomic<int> ran = 0;
  {
    WorkerPool pool({.threads = 2, .queue = 1});
    const auto job = [&] {
      released.wait();
      ++ran;
    };
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(pool.submit(job));
    EXPECT_FALSE(pool.submit(job));
    EXPECT_EQ(pool.refused(), 1U);
    EXPECT_EQ(pool.threads(), 2U);
    release.set_value();
  }
  EXPECT_EQ(ran, 3);
}

TEST(WorkerPool, OneAtATimeNeedsOneThread) {
  WorkerPool pool({.threads = 8, .queue = 8});
  for (int i = 0; i < 100; ++i) {
    std::promise<void> done;
    ASSERT_TRUE(pool.submit([&] { done.set_value(); }));
    done.get_future().wait();
  }
  // A thread that has just finished may not be idle yet when the next job comes, so not exactly
  // one.
  EXPECT_LE(pool.threads(), 8U);
  EXPECT_EQ(pool.refused(), 0U);
}

TEST(WorkerPool, ManyCallersLoseNothing) {
  std::atomic<int> ran = 0;
  std::atomic<int> refused = 0;
  {
    WorkerPool pool({.threads = 3, .queue = 50});
    std::vector<std::jthread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&] {
        for (int k = 0; k < 2'000; ++k) {
          if (!pool.submit([&] { ++ran; })) ++refused;
        }
      });
    }
    callers.clear();
  }
  EXPECT_EQ(ran + refused, 8'000);
}

TEST(Handoff, RunsTheRestInItsTurnAndWaits) {
  std::thread::id there;
  ExchangeFixture f;
  // One inside the other: the inner one is queued while the outer one runs.
  chain_of(make_stage(HandoffSpec{.times = 3}), [&](Exchange& e) {
    chain_of(make_stage(HandoffSpec{}), [&](Exchange& inner) {
      there = std::this_thread::get_id();
      inner.status = 201;
    }).handle(e);
  }).handle(f.exchange);
  EXPECT_EQ(there, std::this_thread::get_id());
  EXPECT_EQ(f.exchange.status, 201U);
}

TEST(Handoff, BringsExceptionsBack) {
  ExchangeFixture f;
  const Chain chain =
      chain_of(make_stage(HandoffSpec{}), [](Exchange&) { throw std::runtime_error("oops"); });
  EXPECT_THROW(chain.handle(f.exchange), std::runtime_error);
}

TEST(OwnedExchange, PointsIntoItsOwnCopy) {
  ExchangeFixture f;
  std::string path = "/users/42";
  std::string body = "hello";
  f.exchange.path = path;
  f.exchange.body = body;
  f.exchange.params.push({"id", std::string_view(path).substr(7)});
  OwnedExchange owned(f.exchange);
  path.assign("xxxxxxxxx");
  body.assign("xxxxx");
  f.headers.set("User-Agent", "other");
  const Exchange& copy = owned.exchange();
  EXPECT_EQ(copy.path, "/users/42");
  EXPECT_EQ(copy.body, "hello");
  EXPECT_EQ(copy.params.get("id"), "42");
  EXPECT_EQ(copy.header("User-Agent"), "loadgen/1.0");
  EXPECT_EQ(copy.peer_address, "127.0.0.1");
}

TEST(OwnedExchange, BringsTheRouteBackIfItWasFoundThere) {
  const Route route{"GET", "/users/:id"};
  ExchangeFixture f;
  OwnedExchange owned(f.exchange);
  owned.exchange().route = &route;
  owned.exchange().params.push({"id", owned.exchange().path.substr(7)});
  owned.exchange().status = 404;
  owned.exchange().answer = "text";
  owned.give_answer(f.exchange);
  EXPECT_EQ(f.exchange.route, &route);
  EXPECT_EQ(f.exchange.params.get("id").data(), f.exchange.path.data() + 7);
  EXPECT_EQ(f.exchange.status, 404U);
  EXPECT_EQ(f.exchange.answer, "text");
}

TEST(Timeout, CopiesTheAnswerOfTheOtherThread) {
  std::thread::id there;
  ExchangeFixture f;
  chain_of(make_stage(TimeoutSpec{.deadline = 1h}), [&](Exchange& e) {
    there = std::this_thread::get_id();
    e.status = 201;
    e.content_type = "text/plain";
    e.answer.assign(e.path);
  }).handle(f.exchange);
  EXPECT_NE(there, std::this_thread::get_id());
  EXPECT_EQ(f.exchange.status, 201U);
  EXPECT_EQ(f.exchange.content_type, "text/plain");
  EXPECT_EQ(f.exchange.answer, "/users/42");
}

TEST(Timeout, AnswersAtTheDeadlineAndLetsTheHandlerRunOn) {
  std::promise<void> answered;
  std::string seen;
  ExchangeFixture f;
  {
    auto path = std::make_unique<std::string>("/slow");
    f.exchange.path = *path;
    const Chain chain = chain_of(make_stage(TimeoutSpec{.deadline = 1ms}), [&](Exchange& e) {
      answered.get_future().wait();
      seen.assign(e.path);
      e.answer = "too late";
    });
    chain.handle(f.exchange);
    EXPECT_EQ(f.exchange.status, 503U);
    EXPECT_EQ(f.exchange.answer, "Request Timeout");
    path.reset();  // the connection has gone on
    answered.set_value();
  }
  EXPECT_EQ(seen, "/slow");
  EXPECT_EQ(f.exchange.answer, "Request Timeout");
}

TEST(Timeout, AnswersFourHundredNinetyNineWhenTheCallerHasGone) {
  std::promise<void> answered;
  Cancellation cancellation;
  ExchangeFixture f;
  f.exchange.cancellation = &cancellation;
  const Chain chain = chain_of(make_stage(TimeoutSpec{.deadline = 1h}), [&](Exchange&) {
    cancellation.cancel();
    answered.get_future().wait();
  });
  chain.handle(f.exchange);
  EXPECT_EQ(f.exchange.status, 499U);
  answered.set_value();
}

/// Middleware wrapped for each request lasts until what goes on behind a timeout has ended. The
/// second request's job begins only after both have been given up, for there is one thread.
TEST(Timeout, MayStandAmongMiddlewareThatIsWrappedForEachRequest) {
  std::promise<void> answered;
  const auto given_up = answered.get_future().share();
  std::atomic<int> ran = 0;
  {
    std::vector<StagePointer> stages;
    stages.push_back(make_stage(ChainBuildSpec{}));
    stages.push_back(make_stage(ChainBuildSpec{}));
    stages.push_back(
        make_stage(TimeoutSpec{.deadline = 1ms, .workers = {.threads = 1, .queue = 1}}));
    stages.push_back(std::make_unique<FunctionStage>([&](Exchange&) {
      given_up.wait();
      ++ran;
    }));
    const Chain chain(std::move(stages));
    for (int i = 0; i < 2; ++i) {
      ExchangeFixture f;
      chain.handle(f.exchange);
      EXPECT_EQ(f.exchange.status, 503U);
    }
    answered.set_value();
  }
  EXPECT_EQ(ran, 2);
}

TEST(Timeout, ACallerGoneBeforehandIsSeenToo) {
  std::promise<void> answered;
  Cancellation cancellation;
  cancellation.cancel();
  ExchangeFixture f;
  f.exchange.cancellation = &cancellation;
  const Chain chain = chain_of(make_stage(TimeoutSpec{.deadline = 1h}),
                               [&](Exchange&) { answered.get_future().wait(); });
  chain.handle(f.exchange);
  EXPECT_EQ(f.exchange.status, 499U);
  answered.set_value();
}

TEST(Timeout, BringsExceptionsBack) {
  ExchangeFixture f;
  const Chain chain = chain_of(make_stage(TimeoutSpec{.deadline = 1h}),
                               [](Exchange&) { throw std::runtime_error("oops"); });
  EXPECT_THROW(chain.handle(f.exchange), std::runtime_error);
}

TEST(Timeout, AFullPoolIsA503) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  const Chain chain =
      chain_of(make_stage(TimeoutSpec{.deadline = 1ms, .workers = {.threads = 1, .queue = 1}}),
               [&](Exchange&) { released.wait(); });
  for (int i = 0; i < 4; ++i) {
    ExchangeFixture f;
    chain.handle(f.exchange);
    EXPECT_EQ(f.exchange.status, 503U);
  }
  release.set_value();
}

TEST(Timeout, WebsocketsAndZeroStayOnTheThread) {
  const auto here = std::this_thread::get_id();
  std::thread::id there;
  const auto handler = [&](Exchange&) { there = std::this_thread::get_id(); };
  ExchangeFixture f;
  f.headers.set("Upgrade", "websocket");
  chain_of(make_stage(TimeoutSpec{}), handler).handle(f.exchange);
  EXPECT_EQ(there, here);
  ExchangeFixture plain;
  there = {};
  chain_of(make_stage(TimeoutSpec{.deadline = 0s}), handler).handle(plain.exchange);
  EXPECT_EQ(there, here);
}

TEST(Cancellation, WatchesEndWithTheirScope) {
  Cancellation cancellation;
  int calls = 0;
  {
    const Cancellation::Watch over(cancellation, [&] { ++calls; });
  }
  const Cancellation::Watch watch(cancellation, [&] { calls += 10; });
  cancellation.cancel();
  cancellation.cancel();
  EXPECT_EQ(calls, 10);
}

}  // namespace
}  // namespace tracetax
