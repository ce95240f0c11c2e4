// Breakers, shedders and balancers decide as Go's own do: testdata/*.json holds scripts and the
// decisions that the packages themselves made of them, with the same clock and the same draws. A Go
// program writes them: targets/real/go/governance, whose main.go says what they mean.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/text/checkout_testing.h"
#include "targets/request/scripted_draws.h"
#include "targets/stages/client/pick_p2c_gozero.h"
#include "targets/stages/client/pick_p2c_kratos.h"
#include "targets/stages/client/pick_wrr.h"
#include "targets/stages/govern/breaker_gozero.h"
#include "targets/stages/govern/breaker_kitex.h"
#include "targets/stages/govern/breaker_kratos.h"
#include "targets/stages/govern/shed_gozero.h"
#include "targets/stages/govern/shed_kratos.h"

namespace tracetax {
namespace {

constexpr Nanos kStart = std::chrono::hours(1);

nlohmann::json scripts_of(const char* file) {
  std::ifstream in(source_folder() + "/targets/stages/testdata/" + file);
  return nlohmann::json::parse(in);
}

/// Follows a script. `Mechanism`: ask(now) -> its decision, and whether a request is under way then
/// in `flies`; end(request, now, ok).
template <typename Mechanism>
std::string follow(const nlohmann::json& script, Mechanism mechanism) {
  std::string decisions;
  std::vector<typename Mechanism::Request> under_way;
  Nanos now = kStart + Nanos(1);
  for (const auto& step : script["steps"]) {
    now += std::chrono::microseconds(step[0].get<std::int64_t>());
    const int what = step[1];
    if (what == 0) {
      bool flies = false;
      typename Mechanism::Request request{};
      decisions += std::to_string(mechanism.ask(now, request, flies));
      if (flies) under_way.push_back(request);
    } else if (what == 3) {
      mechanism.cpu = step[2];
    } else if (const std::size_t at = step[2]; at < under_way.size()) {
      const auto request = under_way[at];
      under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(at));
      mechanism.end(request, now, what == 1);
    }
  }
  return decisions;
}

template <typename Breaker>
struct BreakerReplay {
  using Request = int;
  Breaker& breaker;
  Uniform uniform;
  std::int64_t cpu = 0;
  int ask(Nanos now, Request&, bool& flies) {
    flies = breaker.allow(now, uniform);
    return flies ? 1 : 0;
  }
  void end(Request, Nanos now, bool ok) { ok ? breaker.succeed(now) : breaker.fail(now); }
};

struct GozeroShedReplay {
  using Request = Nanos;
  GozeroShedder& shedder;
  std::int64_t cpu = 0;
  int ask(Nanos now, Request& started, bool& flies) {
    flies = shedder.allow(now, cpu);
    started = now;
    return flies ? 1 : 0;
  }
  void end(Request started, Nanos now, bool ok) {
    ok ? shedder.pass(started, now) : shedder.fail();
  }
};

struct KratosShedReplay {
  using Request = Nanos;
  KratosShedder& shedder;
  std::int64_t cpu = 0;
  int ask(Nanos now, Request& started, bool& flies) {
    flies = shedder.allow(now, cpu);
    started = now;
    return flies ? 1 : 0;
  }
  void end(Request started, Nanos now, bool) { shedder.done(started, now); }
};

struct GozeroP2cReplay {
  struct Request {
    std::size_t node = 0;
    Nanos started{0};
  };
  GozeroP2c& picker;
  Uniform uniform;
  std::int64_t cpu = 0;
  std::size_t ask(Nanos now, Request& request, bool& flies) {
    flies = true;
    request = {picker.pick(now, uniform), now};
    return request.node;
  }
  void end(Request request, Nanos now, bool ok) {
    picker.done(request.node, request.started, now, ok);
  }
};

struct KratosP2cReplay {
  using Request = KratosP2c::Pick;
  KratosP2c& picker;
  Uniform uniform;
  std::int64_t cpu = 0;
  std::size_t ask(Nanos now, Request& request, bool& flies) {
    flies = true;
    request = picker.pick(now, uniform);
    return request.node;
  }
  void end(const Request& request, Nanos now, bool ok) { picker.done(request, now, ok); }
};

/// Draws that fall into the middle of what a number below `nodes` takes of them, and in turns below
/// one less.
std::vector<double> draws_of(const nlohmann::json& run, std::size_t nodes) {
  std::vector<double> draws;
  for (const double place : run.value("places", std::vector<double>{})) {
    draws.push_back((place + 0.5) / static_cast<double>(nodes - draws.size() % 2));
  }
  return draws;
}

template <typename Breaker, typename Spec>
std::string broken(const nlohmann::json& script) {
  ScriptedDraws draws(script["draws"]);
  Breaker breaker(Spec{}, kStart);
  return follow(script, BreakerReplay<Breaker>{breaker, draws.uniform()});
}

std::string shed(const nlohmann::json& script, const std::string& mechanism) {
  if (mechanism == "gozero") {
    GozeroShedder shedder(ShedGozeroSpec{}, kStart);
    return follow(script, GozeroShedReplay{shedder});
  }
  KratosShedder shedder(ShedKratosSpec{}, kStart);
  return follow(script, KratosShedReplay{shedder});
}

std::string picked(const nlohmann::json& script, const nlohmann::json& run) {
  const std::size_t nodes = script["weights"].size();
  ScriptedDraws draws(draws_of(run, nodes));
  if (run["mechanism"] == "gozero") {
    GozeroP2c picker(nodes);
    return follow(script, GozeroP2cReplay{picker, draws.uniform()});
  }
  KratosP2c picker(nodes);
  return follow(script, KratosP2cReplay{picker, draws.uniform()});
}

std::string turned(const nlohmann::json& script, const nlohmann::json& run) {
  const std::vector<int> weights = script["weights"];
  std::vector<std::string> addresses;
  for (const int weight : weights)
    addresses.push_back(std::to_string(addresses.size()) + "/" + std::to_string(weight));
  KratosWrr kratos(addresses, {weights.begin(), weights.end()});
  KitexWrr kitex(weights, run.value("first", std::size_t{0}));
  std::string decisions;
  for (std::size_t i = 0; i < run["decisions"].get_ref<const std::string&>().size(); ++i) {
    decisions += std::to_string(run["mechanism"] == "kratos" ? kratos.pick() : kitex.pick());
  }
  return decisions;
}

/// Where two streams part, or that they do not.
void expect_same(const std::string& ours, const nlohmann::json& script, const nlohmann::json& run) {
  const std::string theirs = run["decisions"];
  const auto [at, other] = std::ranges::mismatch(ours, theirs);
  EXPECT_EQ(ours.size(), theirs.size());
  EXPECT_TRUE(at == ours.end() && other == theirs.end())
      << run["mechanism"] << ", script \"" << script["name"] << "\": the streams part at decision "
      << at - ours.begin() << " of " << theirs.size();
}

TEST(Decisions, OfBreakersAreThoseOfGo) {
  for (const auto& script : scripts_of("breakers.json")) {
    for (const auto& run : script["runs"]) {
      const std::string mechanism = run["mechanism"];
      expect_same(mechanism == "gozero"   ? broken<GozeroBreaker, BreakerGozeroSpec>(script)
                  : mechanism == "kratos" ? broken<KratosBreaker, BreakerKratosSpec>(script)
                                          : broken<KitexBreaker, BreakerKitexSpec>(script),
                  script, run);
    }
  }
}

TEST(Decisions, OfSheddersAreThoseOfGo) {
  for (const auto& script : scripts_of("shedders.json")) {
    for (const auto& run : script["runs"]) expect_same(shed(script, run["mechanism"]), script, run);
  }
}

TEST(Decisions, OfTwoChoicesAreThoseOfGo) {
  for (const auto& script : scripts_of("p2c.json")) {
    for (const auto& run : script["runs"]) expect_same(picked(script, run), script, run);
  }
}

TEST(Decisions, OfWeightedRoundsAreThoseOfGo) {
  for (const auto& script : scripts_of("wrr.json")) {
    for (const auto& run : script["runs"]) expect_same(turned(script, run), script, run);
  }
}

}  // namespace
}  // namespace tracetax
